"""Factors whose KEK is encrypted to somebody else's public key: escrows, and key management services as gates.

See docs/format.md, section 8.
"""

from envelope import decode64, public, require, require_members, thumbprint, unwrap
from vault import address_of, of_type, only, open_by


def record_of(rows, kind, private):
    """The record of that kind that the key opens, and the factor's private JWK."""
    vault, own = only(rows, "statement").id, thumbprint(private)
    for row in of_type(rows, "factor"):
        held = address_of(row, vault).get(kind)
        if held is not None and held["recipient"] == own:
            members = ("recipient", "kid", "kek")
            if kind == "kms":
                held = {"key": public(private)} | held
                require(thumbprint(held["key"]) == own, "a gate to another key")
                require_members(held["key"], *public(private))
                held = {"offlineGrace": "PT1H"} | held
                require(isinstance(held["offlineGrace"], str), "a grace that is no duration")
                members += ("key", "offlineGrace")
            require_members({"kid": own} | held, *members)
            inside, sole = unwrap(held["kek"], own, private)
            require(sole, "a KEK for others too")
            require_members(inside, "kty", "k")
            factor = open_by(row, decode64(inside["k"]))
            require(factor is not None, "a record that does not open")
            return row, factor
    require(False, "no record of this key")

"""Opening a backup: docs/format.md, sections 8 and 9."""

import unicodedata
from typing import NamedTuple

import argon2.low_level
from envelope import (
    aad_of,
    check_use,
    decode64,
    encode64,
    is_name,
    kid_of,
    open_envelope,
    read_json,
    require,
    require_members,
    sha256,
    take_entries,
    thumbprint,
    unwrap,
    verify,
    write_json,
)
from keys import all_keys, check_device, check_log, check_material, check_others, check_own_policies, check_requests, check_witness, listed_keys, require_some
from manifest import check_manifest, mac_of, sum_of
from openers import ALONE, PAIRS, check_openers, is_at
from organisation import check_organisation
from successions import leads


TYPES = (
    *("vault-key", "statement", "factor", "recipient", "identity", "mac", "head"),
    *("key", "version", "index", "catalog", "usage", "object", "sidecar", "backup", "upload"),
    *("page", "directory", "succession", "tombstone", "audit-key", "policy", "requests", "organisation"),
    "witness",
)


CORE = (
    *("vault-key", "statement", "factor", "recipient", "identity", "mac", "index", "head", "succession", "audit-key"),
    *("policy", "requests", "organisation", "witness"),
)

# What a factor's address says besides, each kind its own.
OF_FACTORS = ("kdf", "shares", "kit", "passkey", "escrow", "kms")


class Row(NamedTuple):
    """One record: where it stands, how often it was written, and its text."""

    type: str
    id: str
    version: str
    revision: int
    text: str


# The file.


def read_backup(text):
    """The vault's name and rows; tells damage, but not yet forgery."""
    backup = read_json(text)
    require_members(backup, "records", "strongroom", "name", "seal")
    require(backup["strongroom"] == "backup-1", "a backup of another version")
    rows = [_row(record) for record in backup["records"]]

    seal, sealer = verify(backup["seal"], "sr-backup+jws")
    names = ("vault", "name", "generation", "created", "records")
    # Earlier releases did not say which head it is.
    require_members({"head": None} | seal, *names, "head")
    statement, signer = verify(only(rows, "statement").text, "sr-vault+jws")
    require(sealer == signer, "a seal by another identity")
    require(seal["name"] == backup["name"] and is_name(backup["name"]), "another name")
    require(seal["vault"] == statement["vault"], "another vault")
    require(seal["generation"] == statement["generation"], "another generation")
    require(seal["records"] == sha256(records_text(backup["records"])), "other records")
    head = only(rows, "head").revision
    require(seal.get("head", head) == head, "another head")
    return backup["name"], rows


def records_text(records):
    return write_json({"records": records}).encode()


def _row(record):
    require_members(record | {"version": ""}, "type", "id", "version", "revision", "record")
    version = record.get("version", "")
    require(record["revision"] >= 1, "a revision of 0")
    return Row(record["type"], record["id"], version, record["revision"], record["record"])


def only(rows, type):
    found = of_type(rows, type)
    require(len(found) == 1, f"not one {type}")
    return found[0]


def of_type(rows, type):
    return [row for row in rows if row.type == type]


# Addresses.


def address_of(row, vault):
    """A record's address, if it is where the record stands."""
    address = read_json(aad_of(row.text))
    here = {"type": row.type, "vault": vault, "id": row.id}
    if row.version:
        here["version"] = row.version
    here["revision"] = row.revision
    names = ("generation", *OF_FACTORS) if row.type == "factor" else ("generation",)
    free = {name: address[name] for name in names if name in address}
    require(address == here | free and "generation" in free, "a record in another one's place")
    return address


# Unlocking.


def unlock(rows, passphrase, identity=None):
    """The vault that a passphrase opens. `identity` is the vault's, where it is known from elsewhere."""
    statement_row = only(rows, "statement")
    for row in of_type(rows, "factor"):
        factor = open_factor(row, statement_row.id, passphrase)
        if factor is not None:
            return Vault(rows, factor, identity)
    require(False, "a passphrase for none of the factors")


def open_factor(row, vault, passphrase):
    """The factor's private JWK; None if the passphrase is for another, or the factor of another kind."""
    kdf = address_of(row, vault).get("kdf")
    return None if kdf is None else open_by(row, stretch(passphrase, kdf))


def open_by(row, kek):
    """The factor's private JWK; None if the KEK is another one's."""
    try:
        factor, sole = unwrap(row.text, row.id, {"kty": "oct", "k": encode64(kek)})
    except Exception as error:  # jwcrypto's own, of several kinds
        if "No recipient matched" in str(error):
            return None
        raise
    require(sole, "a record for others too")
    require(thumbprint(check_use(factor, "agree")) == row.id, "another factor")
    require_members(factor["vault"], "vault", "identity", "generation")
    return factor


def stretch(passphrase, kdf):
    """Argon2id (RFC 9106), within the bounds that every reader must check first."""
    require_members(kdf, "name", "version", "m", "t", "p", "salt")
    require((kdf["name"], kdf["version"]) == ("argon2id", 19), "another derivation")
    require(19 * 1024 <= kdf["m"] <= 1024 * 1024, "memory out of bounds")
    require(2 <= kdf["t"] <= 16 and 1 <= kdf["p"] <= 4, "passes or lanes out of bounds")
    salt = decode64(kdf["salt"])
    require(16 <= len(salt) <= 64, "a salt out of bounds")
    return argon2.low_level.hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode(),
        salt,
        time_cost=kdf["t"],
        memory_cost=kdf["m"],
        parallelism=kdf["p"],
        hash_len=32,
        type=argon2.low_level.Type.ID,
        version=kdf["version"],
    )


class Vault:
    """An unlocked vault, everything in it verified. `second` is the other factor, of a vault that takes two at once."""

    def __init__(self, rows, factor, identity=None, second=None):
        require(len({row[:3] for row in rows}) == len(rows), "a record that stands twice")
        self.rows = rows
        self.id = only(rows, "statement").id
        factors = [factor] if second is None else [factor, second]
        self.statement = self._verified_statement([one["vault"] for one in factors], identity)
        self.generation = self.statement["generation"]
        self.key = self._open_vault_key(factors)
        self.identity = self.open_own("identity")
        check_use(self.identity, "sign")
        require(thumbprint(self.identity) == self.statement["identity"], "another identity")
        for entry in self.statement["factors"]:
            recipient = next(row for row in of_type(rows, "recipient") if row.id == entry["kid"])
            key = self.open_key(recipient)
            require("d" not in key and thumbprint(key) == entry["kid"], "another public key")
        head = self._check_head()
        # A vault of the first release has neither index nor catalog.
        self.keys = list(listed_keys(self) if "records" in head else all_keys(self))
        self.objects = list(check_others(self))
        require(len(rows) == sum(len(of_type(rows, type)) for type in TYPES), "another type")

    def _verified_statement(self, pins, identity):
        """Signed by the identity that each factor remembers, or that is known to follow it, and no older than that."""
        statement, signer = verify(only(self.rows, "statement").text, "sr-vault+jws")
        names = ["vault", "generation", "identity", "envelope", "factors", "requires"]
        if "replacedKits" in statement:
            names.append("replacedKits")
            kits = statement["replacedKits"]
            require(0 < len(kits) <= 32, "a list of replaced kits")
            for kit in kits:
                require_members(kit, "kit", "at")
        paired = "openers" in statement
        if paired:
            names += ["openers", "envelopes"]
        require_members(statement, *names)
        require(signer == statement["identity"], "another identity")
        for pin in pins:
            self._check_signer(signer, pin, identity or pin["identity"])
            require(self.id == statement["vault"] == pin["vault"], "another vault")
            require(statement["generation"] >= pin["generation"], "an older statement")
        require(statement["requires"] == (2 if paired else 1), "a vault that needs several factors")

        vault_key = only(self.rows, "vault-key")
        require(statement["envelope"] == sha256(vault_key.text.encode()), "another vault key")
        for entry in statement["factors"]:
            require_members(entry, "kid", "kind", "record")
            require(entry["kind"] in {kind for pair in PAIRS for kind in pair} | {*ALONE}, "a factor of another kind")
        if paired:
            check_openers(statement)
        listed = sorted((entry["kid"], entry["record"]) for entry in statement["factors"])
        stored = sorted((row.id, sha256(row.text.encode())) for row in of_type(self.rows, "factor"))
        require(listed == stored, "other factors")
        require(statement["generation"] >= 1, "a generation of 0")
        return statement

    def _check_signer(self, signer, pin, known):
        """Successions say what to ask a person, and prove nothing: whoever has the old identity can sign another one."""

        def follows(identity, generation):
            return identity == signer or leads(self.rows, self.id, identity, generation, signer)

        require(follows(pin["identity"], pin["generation"]), "another identity")
        require(known == pin["identity"] or follows(known, 0), "another vault in this one's place")
        require(known == signer, "an identity that was superseded")

    def _open_vault_key(self, factors):
        row = only(self.rows, "vault-key")
        if "openers" not in self.statement:
            opener = self._opener(row, factors)
        else:
            outer = self._opener(row, factors, "outer")
            inner, jkt, _ = open_envelope(row.text, kid_of(outer), outer, "jose+json")
            require(self.statement["envelopes"][1] == sha256(inner), "another vault key")
            row = row._replace(text=inner.decode())
            opener = self._opener(row, factors, "inner")
        key, _ = unwrap(row.text, kid_of(opener), opener)
        require("openers" not in self.statement or jkt == thumbprint(key), "another key than the outer envelope says")
        check_use(key, "wrap")
        require(kid_of(key) == thumbprint(key), "a vault key of another name")
        return key

    def _opener(self, row, factors, level=None):
        """The factor in hand that an envelope of the vault key is to, which must be to the statement's alone."""
        require(address_of(row, self.id)["generation"] == self.generation, "another generation")
        entries = [entry["header"]["kid"] for entry in take_entries(read_json(row.text))]
        listed = [entry["kid"] for entry in self.statement["factors"] if is_at(self.statement, level, entry["kind"])]
        require(sorted(entries) == sorted(listed), "a vault key for others too")
        found = [factor for factor in factors if kid_of(factor) in entries]
        require(found, "a vault that needs another factor as well")
        return found[0]

    def _check_address(self, row):
        address = address_of(row, self.id)
        require(address["generation"] == self.generation, "another generation")

    def open_key(self, row):
        """The JWK in a record under the vault key."""
        self._check_address(row)
        key, sole = unwrap(row.text, kid_of(self.key), self.key)
        require(sole, "a record for others too")
        return key

    def open_json(self, row):
        """The JSON in a record under the vault key."""
        self._check_address(row)
        plain, _, sole = open_envelope(row.text, kid_of(self.key), self.key, "json")
        require(sole, "a record for others too")
        return read_json(plain)

    def _check_head(self):
        """The head accounts for every other record: none is missing, old or strange."""
        row = only(self.rows, "head")
        require(row.id == self.id, "a record in another one's place")
        head = self.open_json(row)
        format = head.get("format", 1)
        require(format in (1, 2), "a head of a later format")
        if format == 2:
            require_some(head, ("format", "generation", "digest", "records", "core"), ("manifest", "device", "log", "quiet"))
            require(isinstance(head.get("quiet", 0), int) and 0 <= head.get("quiet", 0) < 2**53, "how many quiet changes")
            check_device(head.get("device"))
            check_log(self, head.get("log"))
            check_own_policies(self)
            check_requests(self)
            check_witness(self)
            check_organisation(self)
        else:
            require_some(head, ("generation", "digest"), ("format", "records"))
        require(head["generation"] == self.generation, "another generation")
        mac = self.open_mac_key("mac")
        if format == 2:
            core = [row for row in self.rows if row.type in CORE]
            require(head["core"] == set_digest(mac, core), "another core")
            pages = [row for row in self.rows if row.type in ("page", "directory")]
            require(bool(pages) == ("manifest" in head), "pages without a manifest")
            if pages:
                check_manifest(self, head["manifest"], decode64(mac["k"]))
        require(head["digest"] == set_digest(mac, self.rows), "records that the head does not know")
        others = len(self.rows) - 1
        require(head.get("records", others) == others, "another number of records")
        return head

    def of_type(self, type):
        return of_type(self.rows, type)

    def open_mac_key(self, type):
        """The JWK of the vault's that HMACs are made with."""
        key = self.open_own(type)
        require(check_use(key, "mac").get("alg") == "HS256", "no MAC key")
        return key

    def open_own(self, type):
        """The JWK in the only record of a type, which has the vault's id."""
        row = only(self.rows, type)
        require(row.id == self.id, "a record in another one's place")
        return self.open_key(row)

    def primary(self, alias):
        """The kid and the JWK that protect new data under a key."""
        key = next(key for key in self.keys if key["alias"] == alias)
        kid = f"{key['id']}.{key['primary']}"
        return kid, self.version(kid)

    def version(self, kid):
        """The JWK of one version of a key."""
        id, version = kid.split(".")
        key = next(key for key in self.keys if key["id"] == id)
        jwk = self.material(key, version)
        check_material(jwk, key, version)
        return jwk

    def material(self, key, version):
        """What the record of a version holds."""
        found = [row for row in self.of_type("version") if (row.id, row.version) == (key["id"], version)]
        require(found, "a version without its material")
        return self.open_key(found[0])


def set_digest(mac, rows):
    """The sum modulo 2^256 of an HMAC over every record but the head."""
    return sum_of(mac_of(decode64(mac["k"]), row) for row in rows if row.type != "head")

"""Verifies an organisation's policy, and signs some: `organisation.py <folder>`.

`policy.jws` is a policy of the organisation whose first key is `first.json`, by a key that this one names as its next. Prints as JSON what it says,
and which changed documents were not refused. Writes `theirs.json`, the first key of an organisation of its own, `theirs-1.jws`, a policy that it
signs, and `theirs-2.jws`, one of its next key.
"""

import json
import re
import sys
from pathlib import Path

from envelope import Refused, check_use, new_pair, public, require, require_members, sign, thumbprint, verify
from keys import require_some

# As many keys as an organisation has one after the other.
MOST = 33
# Some of ISO 8601.
PERIOD = re.compile("P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?")
KINDS = ("recovery", "passphrase", "passkey", "recovery-kit", "recovery-shares")


def main(folder):
    token = (folder / "policy.jws").read_text()
    first = thumbprint(json.loads((folder / "first.json").read_text()))
    said, keys = read_policy(token)
    require(first in keys, "another organisation")
    not_refused = [what for what, changed in changes(token) if not refused(changed)]
    write_theirs(folder)
    json.dump({"said": said, "keys": keys, "not refused": not_refused}, sys.stdout)


def read_policy(token):
    """What it says, and the organisation's keys from the first to the one that signed it."""
    require(len(token) <= 64 * 1024, "a policy that is too large")
    policy, signer = verify(token, "sr-policy+jws")
    names = ("organisation", "sequence", "notAfter")
    require_some(policy, names, ("name", "successions", "rules", "requiredFactors", "maximumCryptoperiod", "minimumArgon2", "collector", "escrow"))
    check_bounds(policy)
    require(type(policy["sequence"]) is int and 1 <= policy["sequence"] < 2**53, "a sequence out of bounds")
    require(type(policy["notAfter"]) is int, "a time that is no number")
    required = policy.get("requiredFactors", ["recovery"])
    require(required and len(set(required)) == len(required) and set(required) <= set(KINDS), "required factors")
    keys = keys_of(policy)
    require(keys[-1] == signer, "a policy by another key")
    return policy, keys


def check_bounds(policy):
    """Of what a vault is to be like."""
    require(PERIOD.fullmatch(policy.get("maximumCryptoperiod", "P1Y")), "a period that is none")
    if "minimumArgon2" in policy:
        cost = policy["minimumArgon2"]
        require_members(cost, "memory", "passes")
        require(type(cost["memory"]) is int and 19 * 1024 <= cost["memory"] <= 1024 * 1024, "a memory out of bounds")
        require(type(cost["passes"]) is int and 2 <= cost["passes"] <= 16, "passes out of bounds")
    if "escrow" in policy:
        is_rsa = policy["escrow"].get("kty") == "RSA"
        require_members(policy["escrow"], *(("kty", "n", "e") if is_rsa else ("kty", "crv", "x", "y")))
        check_use(policy["escrow"], "decrypt" if is_rsa else "agree")
        require(thumbprint(policy["escrow"]) not in keys_of(policy), "an escrow to a key that signs")
    collector = policy.get("collector", "https://")
    require(len(collector) <= 2048 and re.fullmatch("https://[!-~]*", collector), "a collector that is no address")


def check_organisation(vault):
    """What a vault keeps of its organisation's policy. Rules of a later release are no fault."""
    for row in vault.of_type("organisation"):
        require(row.id == vault.id, "a record in another one's place")
        record = vault.open_json(row)
        require_members(record, "policy", "set")
        require(type(record["set"]) is int and len(record["policy"]) <= 64 * 1024, "an organisation's policy out of bounds")
        verify(record["policy"], "sr-policy+jws")


def keys_of(policy):
    keys, least = [policy["organisation"]], 0
    for token in policy.get("successions", []):
        link, signer = verify(token, "sr-identity+jws")
        require_members(link, "organisation", "from", "to", "sequence")
        require(link["organisation"] == policy["organisation"], "a succession of another organisation")
        require(link["from"] == signer == keys[-1] and link["to"] not in keys, "a succession by another key")
        require(least < link["sequence"] <= policy["sequence"], "a succession out of its place")
        least = link["sequence"]
        keys.append(link["to"])
    require(len(keys) <= MOST, "too many keys")
    return keys


def write_theirs(folder):
    first, second = new_pair(), new_pair()
    organisation = thumbprint(public(first))
    policy = {"organisation": organisation, "sequence": 1, "notAfter": 4_000_000_000_000, "name": "Theirs"}
    rules = {"operations": ["createKey", "encryptValue"]}
    succession = {"organisation": organisation, "from": organisation, "to": thumbprint(public(second)), "sequence": 2}
    link = sign(succession, "sr-identity+jws", first)
    bounds = {"maximumCryptoperiod": "P30D", "minimumArgon2": {"memory": 65536, "passes": 4}, "collector": "https://theirs.example/log", "escrow": public(new_pair())}
    later = policy | bounds | {"sequence": 2, "successions": [link], "rules": rules}
    (folder / "theirs.json").write_text(json.dumps(public(first)))
    (folder / "theirs-1.jws").write_text(sign(policy, "sr-policy+jws", first))
    (folder / "theirs-2.jws").write_text(sign(later, "sr-policy+jws", second))


def refused(token):
    try:
        read_policy(token)
    except Refused:
        return True
    except Exception:  # jwcrypto's own, of several kinds
        return True
    return False


def changes(token):
    header, payload, signature = token.split(".")
    yield "another signature", f"{header}.{payload}.{'A' * len(signature)}"
    said, _ = read_policy(token)
    stranger = new_pair()
    yield "by a stranger", sign(said, "sr-policy+jws", stranger)
    yield "of another type", sign(said, "sr-identity+jws", stranger)
    own = {"organisation": thumbprint(public(stranger)), "sequence": 1, "notAfter": 9}
    yield "with another member", sign(own | {"sundial": "noon"}, "sr-policy+jws", stranger)
    yield "with the successions of another", sign(own | {"successions": said.get("successions", [])}, "sr-policy+jws", stranger)
    for what, member in {
        "a period that is none": {"maximumCryptoperiod": "a year"},
        "too cheap a passphrase": {"minimumArgon2": {"memory": 1024, "passes": 3}},
        "a cost with another member": {"minimumArgon2": {"memory": 65536, "passes": 3, "lanes": 1}},
        "a private escrow": {"escrow": new_pair()},
        "an escrow with a name": {"escrow": public(new_pair()) | {"kid": "a"}},
        "a collector without TLS": {"collector": "http://collector.example/"},
    }.items():
        yield what, sign(own | member, "sr-policy+jws", stranger)
    yield "without an end", sign({"organisation": own["organisation"], "sequence": 1}, "sr-policy+jws", stranger)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

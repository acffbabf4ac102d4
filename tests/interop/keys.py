"""What a vault knows of its keys and of what they protect: docs/format.md, section 8."""

import hmac
import re
from base64 import b64decode

from envelope import Refused, check_use, decode64, is_name, read_json, require, require_members

STATES = [
    "pre-active",
    "active",
    "suspended",
    "deactivated",
    "compromised",
    "destroy-scheduled",
    "destroyed",
]
# What the versions of a key are for, by its purpose.
ALGORITHMS = {
    "encrypt": "A256KW",
    "share": "ECDH-ES+A256KW",
    "sign": "ES256",
    "mac": "HS256",
    "verify": "ES256",
}
SYMMETRIC = ("encrypt", "mac")
USES_OF = {"encrypt": "wrap", "share": "agree", "sign": "sign", "mac": "mac", "verify": "sign"}
SHARDS = 1024
DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(?:T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?", re.ASCII
)
DAY = 24 * 60 * 60
UNITS = (365 * DAY, 30 * DAY, 7 * DAY, DAY, 60 * 60, 60, 1)


def require_some(value, required, optional):
    """All of the first names, and perhaps some of the others."""
    require_members(dict.fromkeys(optional) | value, *required, *optional)


def all_keys(vault):
    """Every key there is a record of."""
    for row in vault.of_type("key"):
        yield checked_key(vault, row)


def listed_keys(vault):
    """The keys that the catalog lists. What it says of them besides is not believed: their records count."""
    vault.open_mac_key("index")
    rows = {row.id: row for row in vault.of_type("key")}
    for row in vault.of_type("catalog"):
        shard = vault.open_json(row)
        require_members(shard, "keys")
        ids = [entry["id"] for entry in shard["keys"]]
        aliases = [entry["alias"] for entry in shard["keys"] if "destroyed" not in entry]
        for listed in (ids, aliases):
            require(len(listed) == len(set(listed)), "a key that is listed twice")
        for entry in shard["keys"]:
            names = ("id", "alias", "purpose", "state")
            require_some(entry, names, ("due", "destroyAt", "reviewDue", "destroyed", "labels"))
            require(entry["id"] in rows, "a key that is listed and is not there")
            key = checked_key(vault, rows[entry["id"]])
            require(key["alias"] == entry["alias"], "a key that is listed as another")
            yield key


def checked_key(vault, row):
    """A key, and the material of the version in use."""
    key = vault.open_json(row)
    check_key(key, row)
    version = next(one for one in key["versions"] if one["id"] == key["primary"])
    if version["state"] == "active":
        check_material(vault.material(key, version["id"]), key, version["id"])
    return key


def check_key(key, row):
    names = ("id", "alias", "purpose", "primary", "versions", "created")
    require_some(key, names, ("labels", "rotateEvery", "promoted", "described", "policy"))
    require(key["id"] == row.id, "a key in another one's place")
    require(is_name(key["alias"]) and not is_id(key["alias"]), "an alias out of bounds")
    require(key["purpose"] in ALGORITHMS, "another purpose")
    require(0 < seconds(key.get("rotateEvery", "P1D")) <= seconds("P100Y"), "no duration")
    check_labels(key)
    if "policy" in key:
        check_policies(key["policy"])
    ids = [version["id"] for version in key["versions"]]
    require(1 <= len(ids) == len(set(ids)) <= 1000, "versions")
    require(key["primary"] in ids, "a primary version that there is not")
    for version in key["versions"]:
        check_version(version)


def is_id(text):
    try:
        return len(decode64(text)) == 16
    except (Refused, ValueError):
        return False


def seconds(text):
    """Of a duration: a year has 365 days, a month 30."""
    read = DURATION.fullmatch(text)
    require(read, "no duration")
    return sum(int(number[:-1]) * each for number, each in zip(read.groups(), UNITS) if number)


def check_labels(described):
    labels = described.get("labels", {})
    require(len(labels) <= 16, "labels out of bounds")
    for name, value in labels.items():
        require(1 <= len(name.encode()) <= 128 >= len(value.encode()), "a label out of bounds")


def check_policies(policies):
    """What the rules say is for whoever uses the key: rules of a later release are no fault."""
    require_members(policies, "version", "changed", "applied", "superseded")
    for policy in policies["applied"]:
        require_members(policy, "id", "set", "rules")
        require(isinstance(policy["rules"], dict), "rules that are no object")
    ids = [policy["id"] for policy in policies["applied"]] + policies["superseded"]
    require(len(ids) <= 1000 and all(map(is_id, ids)), "policies out of bounds")


def check_own_policies(vault):
    """What the vault itself may be used for."""
    for row in vault.of_type("policy"):
        require(row.id == vault.id, "a record in another one's place")
        check_policies(vault.open_json(row))


def check_requests(vault):
    """What somebody else is asked to approve is for whoever does that: requests of a later release are no fault."""
    for row in vault.of_type("requests"):
        require(row.id == vault.id, "a record in another one's place")
        vault.open_json(row)


def check_witness(vault):
    """What was seen of logs is for who cosigns them: what a later release remembers is no fault."""
    for row in vault.of_type("witness"):
        require(row.id == vault.id, "a record in another one's place")
        vault.open_json(row)


def check_version(version):
    # The first release kept no history.
    names = ("id", "number", "state", "created")
    optional = ("since", "history", "counter", "unproven", "destroyAt", "forced", "publicJwk")
    require_some(version, names, optional)
    require(version["state"] in STATES, "another state")
    history = version.get("history", [])
    for step in history:
        require_some(step, ("state", "at", "by"), ("reason",))
        require(step["state"] in STATES, "another state")
    scheduled = version["state"] == "destroy-scheduled"
    require(("destroyAt" in version) == scheduled, "a date of no destruction")
    require(scheduled or "forced" not in version, "a force of no destruction")


def check_material(jwk, key, version):
    """A version's JWK against what its key says of it."""
    require(jwk["kid"] == f"{key['id']}.{version}", "a version of another name")
    require(jwk["alg"] == ALGORITHMS[key["purpose"]], "a version for another use")
    check_use(jwk, USES_OF[key["purpose"]])


def shard_of(index, alias):
    """The id of the shard that a key is listed in, by its alias; by its id once all its versions are destroyed."""
    hash = hmac.digest(decode64(index["k"]), alias.encode(), "sha256")
    return str(int.from_bytes(hash[:2], "big") % SHARDS)


def check_device(device):
    """Which database wrote a head, where it says so."""
    if device is not None:
        require_members(device, "id", "ahead")
        require(len(decode64(device["id"])) == 16, "a device's id")
        require(type(device["ahead"]) is int and 0 <= device["ahead"] < 2**64, "a number out of bounds")


def check_log(vault, log):
    """What a head says of the audit log, and the log's keys."""
    for row in vault.of_type("audit-key"):
        key = vault.open_key(row)
        if row.version == "entries":
            require(key["kty"] == "oct", "another key of entries")
        else:
            require(row.version == "checkpoints" and "d" in key, "another key of checkpoints")
    if log is None:
        return
    require_some(log, ("log", "device", "size", "roots"), ("stopped", "failClosed", "cut", "retain"))
    require(all(len(decode64(log[name])) == 16 for name in ("log", "device")), "a log's id")
    require(log["size"] >= 1 and len(log["roots"]) == log["size"].bit_count(), "another number of roots")
    hashes = [b64decode(root, validate=True) for root in log["roots"]]
    require(all(len(hash) == 32 for hash in hashes), "a hash of another length")
    for flag in ("stopped", "failClosed"):
        require(log.get(flag, True) is True, "a flag that says no")
    require(type(log.get("retain", 0)) is int and log.get("retain", 0) >= 0, "another retention")
    if (cut := log.get("cut")) is not None:
        require_members(cut, "size", "roots", "entry", "at")
        require(1 <= cut["size"] <= cut["entry"] < log["size"], "a cut of another log")
        require(len(cut["roots"]) == cut["size"].bit_count(), "another number of roots of a cut")
        require(all(len(b64decode(root, validate=True)) == 32 for root in cut["roots"]), "a hash of another length")


def counted_uses(usage):
    """What was counted of a key's versions: by each device, and before there were devices."""
    yield from usage["versions"]
    for device in usage.get("devices", []):
        yield from device["versions"]


def check_others(vault):
    """Use counts, uploads, objects and backups; the objects."""
    for row in vault.of_type("usage"):
        usage = vault.open_json(row)
        require_some(usage, ("last", "versions"), ("devices",))
        for device in usage.get("devices", []):
            require_members(device, "id", "versions")
            require(len(decode64(device["id"])) == 16, "a device's id")
        for counted in counted_uses(usage):
            require_members(counted, "id", "uses")
    for row in vault.of_type("backup"):
        require_some(vault.open_json(row), ("created", "head"), ("elsewhere", "quiet"))
    for row in vault.of_type("upload"):
        check_upload(row, vault.open_json(row))
    for row in vault.of_type("sidecar"):
        require(vault.open_json(row) == {}, "a sidecar that says something")
    for row in vault.of_type("tombstone"):
        check_tombstones(vault.open_json(row))
    for row in vault.of_type("object"):
        object = vault.open_json(row)
        names = ("id", "key", "version", "tracked", "since")
        counts = ("incarnation", "changed")
        require_some(object, names, ("size", "location", "header", "sidecar", "recipients", *counts))
        require(all(1 <= object.get(count, 1) < 2**52 for count in counts), "a count out of bounds")
        here = object["id"], object["version"]
        require(here == (row.id, row.version), "an object in another one's place")
        if "sidecar" in object:
            require_members(object["sidecar"], "parent", "name")
        if "recipients" in object:
            others = object["recipients"]
            require(1 <= len(others) <= 16 and others == sorted(set(others)), "recipients of another order")
            require(all(len(decode64(other)) == 32 for other in others), "a recipient that is no thumbprint")
        if "header" in object:
            check_kept(object)
        yield object


def check_tombstones(shard):
    require_members(shard, "objects")
    ids = [tombstone["id"] for tombstone in shard["objects"]]
    require(ids == sorted(set(ids)), "a shard of another order")
    for tombstone in shard["objects"]:
        require_some(tombstone, ("id", "kind", "at"), ("incarnation",))
        require(tombstone["kind"] in ("forgotten", "shredded"), "another kind of tombstone")
        require(1 <= tombstone.get("incarnation", 1) < 2**52, "a count out of bounds")


def check_upload(row, upload):
    require_some(upload, ("id", "size", "started", "pins"), ("name", "location", "header", "attached", "note"))
    require(upload["id"] == row.id, "an upload in another one's place")
    pieces = len(decode64(upload["pins"])) - 40
    segments = -(-(upload["size"] + 40) // (262144 - 16)) if upload["size"] else 0
    piece = 4
    while -(-segments // piece) > 8192:
        piece *= 2
    require(pieces == 32 * -(-segments // piece), "digests of another size")


def check_kept(object):
    header = read_json(object["header"])
    protected = read_json(decode64(header["protected"]))
    kids = [entry["header"]["kid"] for entry in header["recipients"]]
    require(protected["jkt"] == object["id"], "a header of another object")
    require(f"{object['key']}.{object['version']}" in kids, "a header under another version")

"""What a vault knows of its keys and of what they protect: docs/format.md, section 8."""

import hmac
import re

from envelope import decode64, public, read_json, require, require_members

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
ALGORITHMS = {"encrypt": "A256KW", "share": "ECDH-ES+A256KW", "sign": "ES256"}
SHARDS = 1024
DURATION = re.compile(
    r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?", re.ASCII
)


def require_some(value, required, optional):
    """All of the first names, and perhaps some of the others."""
    require_members(dict.fromkeys(optional) | value, *required, *optional)


def check_keys(vault):
    """Every key, its versions and their material."""
    material = {(row.id, row.version) for row in vault.of_type("version")}
    listed = set()
    for row in vault.of_type("key"):
        key = vault.open_json(row)
        check_key(key, row)
        for version in key["versions"]:
            if version["state"] != "destroyed":
                listed.add((key["id"], version["id"]))
        yield key
    require(material == listed, "material of other versions than the keys list")


def check_key(key, row):
    names = ("id", "alias", "purpose", "primary", "versions", "created")
    require_some(key, names, ("labels", "rotateEvery"))
    require(key["id"] == row.id, "a key in another one's place")
    require(1 <= len(key["alias"].encode()) <= 256, "an alias out of bounds")
    require(key["purpose"] in ALGORITHMS, "another purpose")
    require(DURATION.fullmatch(key.get("rotateEvery", "P1D")), "no duration")
    check_labels(key)
    ids = [version["id"] for version in key["versions"]]
    require(1 <= len(ids) == len(set(ids)) <= 1000, "versions")
    require(key["primary"] in ids, "a primary version that there is not")
    for version in key["versions"]:
        check_version(version, key["purpose"])


def check_labels(described):
    labels = described.get("labels", {})
    require(len(labels) <= 16, "labels out of bounds")
    for name, value in labels.items():
        require(1 <= len(name.encode()) <= 128 >= len(value.encode()), "a label out of bounds")


def check_version(version, purpose):
    # The first release kept no history.
    names = ("id", "number", "state", "created")
    require_some(version, names, ("since", "history", "destroyAt", "forced", "publicJwk"))
    require(version["state"] in STATES, "another state")
    history = version.get("history", [])
    for step in history:
        require_some(step, ("state", "at", "by"), ("reason",))
        require(step["state"] in STATES, "another state")
    require(not history or history[-1]["state"] == version["state"], "another history")
    scheduled = version["state"] == "destroy-scheduled"
    require(("destroyAt" in version) == scheduled, "a date of no destruction")
    require(scheduled or "forced" not in version, "a force of no destruction")
    require(("publicJwk" in version) == (purpose != "encrypt"), "a public half")


def check_material(jwk, kid, key):
    """A version's JWK against what its key says of it."""
    alg = ALGORITHMS[key["purpose"]]
    require(jwk["kid"] == kid and jwk["alg"] == alg, "a version of another name")
    version = next(one for one in key["versions"] if one["id"] == kid.split(".")[1])
    if "publicJwk" in version:
        described = {name: jwk[name] for name in ("kid", "use", "alg")}
        require(version["publicJwk"] == public(jwk) | described, "another public half")


def shard_of(index, alias):
    """The id of the shard that a key is listed in, by its alias."""
    hash = hmac.digest(decode64(index["k"]), alias.encode(), "sha256")
    return str(int.from_bytes(hash[:2], "big") % SHARDS)


def check_catalog(vault):
    """Every key is listed once, where its alias says, as it is."""
    index = vault.open_only("index")
    require(index["alg"] == "HS256", "no index key")
    keys = {key["id"]: key for key in vault.keys}
    for row in vault.of_type("catalog"):
        shard = vault.open_json(row)
        require_members(shard, "keys")
        for entry in shard["keys"]:
            names = ("id", "alias", "purpose", "state")
            require_some(entry, names, ("due", "destroyAt", "labels"))
            require(shard_of(index, entry["alias"]) == row.id, "a key in another shard")
            check_entry(entry, keys.pop(entry["id"], {"versions": []}))
    require(not keys, "keys that the catalog does not list")


def check_entry(entry, key):
    primary = [one for one in key["versions"] if one["id"] == key["primary"]]
    require(primary, "a key that is listed and is not there")
    dates = [one["destroyAt"] for one in key["versions"] if "destroyAt" in one]
    expected = {name: key[name] for name in ("id", "alias", "purpose", "labels") if name in key}
    expected["state"] = primary[0]["state"]
    if dates:
        expected["destroyAt"] = min(dates)
    if "due" in entry:
        require("rotateEvery" in key and expected["state"] == "active", "a key that is not due")
        expected["due"] = entry["due"]
    require(entry == expected, "a key that is listed as another")


def check_others(vault, head):
    """Use counts, uploads, objects and backups; the objects."""
    versions = {key["id"]: {one["id"] for one in key["versions"]} for key in vault.keys}
    for row in vault.of_type("usage"):
        usage = vault.open_json(row)
        require_members(usage, "last", "versions")
        for counted in usage["versions"]:
            require_members(counted, "id", "uses")
            require(counted["id"] in versions[row.id], "uses of a version that there is not")
    for row in vault.of_type("backup"):
        backup = vault.open_json(row)
        require_members(backup, "created", "head")
        require(backup["head"] <= head, "a backup of later")
    for row in vault.of_type("upload"):
        check_upload(row, vault.open_json(row))
    sidecars = {(row.id, row.version) for row in vault.of_type("sidecar")}
    for row in vault.of_type("sidecar"):
        require(vault.open_json(row) == {}, "a sidecar that says something")
    for row in vault.of_type("object"):
        object = vault.open_json(row)
        names = ("id", "key", "version", "tracked", "since")
        require_some(object, names, ("size", "location", "header", "sidecar"))
        here = object["id"], object["version"]
        require(here == (row.id, row.version), "an object in another one's place")
        require(object["version"] in versions[object["key"]], "an object of no version")
        require(object["since"] <= head, "an object of later")
        if "sidecar" in object:
            require_members(object["sidecar"], "parent", "name")
            place = object["sidecar"]["parent"], row.id
            require(place in sidecars, "a sidecar that is not beside its parent")
            sidecars.remove(place)
        if "header" in object:
            check_kept(object)
        yield object
    require(not sidecars, "sidecars that are no objects")


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

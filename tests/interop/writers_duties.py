"""What a writer keeps and a reader need not ask for: docs/format.md, section 8, "Writers"."""

from envelope import public, require
from keys import SYMMETRIC, counted_uses, seconds, shard_of


def check_duties(vault):
    """Holds a vault that was read to all that its writer owes."""
    head = next(row.revision for row in vault.rows if row.type == "head")
    for key in vault.keys:
        for version in key["versions"]:
            check_version(vault, key, version)
    check_material(vault)
    check_entries(vault, head)
    check_sidecars(vault)
    factors = {row.id for row in vault.of_type("factor")}
    require(factors == {row.id for row in vault.of_type("recipient")}, "recipients of other factors")
    # A vault of the first release has no catalog.
    if vault.of_type("index"):
        check_catalog(vault)


def check_version(vault, key, version):
    history = version.get("history", [])
    merged = any(step["by"] == "merge" for step in history) or "counter" in version
    last = not history or merged or history[-1]["state"] == version["state"]
    require(last, "another history")
    require(("publicJwk" in version) == (key["purpose"] not in SYMMETRIC), "a public half")
    if "publicJwk" in version and version["state"] != "destroyed":
        jwk = vault.material(key, version["id"])
        described = {name: jwk[name] for name in ("kid", "use", "alg")}
        require(version["publicJwk"] == public(jwk) | described, "another public half")


def check_material(vault):
    """There is material of every version that is not destroyed, and no other."""
    listed = {
        (key["id"], version["id"])
        for key in vault.keys
        for version in key["versions"]
        if version["state"] != "destroyed"
    }
    require({(row.id, row.version) for row in vault.of_type("version")} == listed, "other material")


def check_entries(vault, head):
    versions = {key["id"]: {one["id"] for one in key["versions"]} for key in vault.keys}
    for row in vault.of_type("usage"):
        for counted in counted_uses(vault.open_json(row)):
            require(counted["id"] in versions[row.id], "uses of a version that there is not")
    for row in vault.of_type("backup"):
        require(vault.open_json(row)["head"] <= head, "a backup of later")
    for object in vault.objects:
        require(object["version"] in versions[object["key"]], "an object of no version")
        require(object["since"] <= head, "an object of later")


def check_sidecars(vault):
    told = {
        (object["sidecar"]["parent"], object["id"]) for object in vault.objects if "sidecar" in object
    }
    require({(row.id, row.version) for row in vault.of_type("sidecar")} == told, "other sidecars")


def check_catalog(vault):
    """Every key is listed once, where its alias says, as it is."""
    index = vault.open_mac_key("index")
    require(len(vault.keys) == len(vault.of_type("key")), "keys that the catalog does not list")
    keys = {key["id"]: key for key in vault.keys}
    for row in vault.of_type("catalog"):
        for entry in vault.open_json(row)["keys"]:
            require(shard_of(index, entry["alias"]) == row.id, "a key in another shard")
            check_entry(entry, keys.pop(entry["id"]))
    require(not keys, "keys that the catalog does not list")


def check_entry(entry, key):
    primary = next(one for one in key["versions"] if one["id"] == key["primary"])
    dates = [one["destroyAt"] for one in key["versions"] if "destroyAt" in one]
    expected = {name: key[name] for name in ("id", "alias", "purpose", "labels") if name in key}
    expected["state"] = primary["state"]
    if dates:
        expected["destroyAt"] = min(dates)
    reviews = [
        policy["set"] + seconds(policy["rules"]["reviewEvery"]) * 1000
        for policy in key.get("policy", {}).get("applied", [])
        if "reviewEvery" in policy["rules"]
    ]
    if reviews:
        expected["reviewDue"] = min(reviews)
    if "due" in entry:
        require("rotateEvery" in key and expected["state"] == "active", "a key that is not due")
        expected["due"] = entry["due"]
    require(entry == expected, "a key that is listed as another")

"""Writes backups that their owner signed and no program of ours would write: `odd_backups.py <folder>`.

`odd.json` has them by name. docs/format.md says of each what a reader does with it, and a test holds a
program in Python and the package to that.
"""

import json
import os
import sys
from pathlib import Path

from envelope import encode64, new_oct, new_pair, public, sign, thumbprint, write_json
from genesis import NewVault

PASSPHRASE = "odd"
ID = "A" * 22


class OddVault(NewVault):
    """A vault in which one thing is odd, by the names of the methods that say so."""

    # The least that a reader accepts: there are many of them.
    COST = {"m": 19 * 1024, "t": 2, "p": 1}

    def __init__(self, odd):
        self.odd = odd
        super().__init__(PASSPHRASE, 0)

    def _odd(self, name, value, *arguments):
        change = self.odd.get(name)
        return value if change is None else change(value, *arguments)

    def inside(self, type, value):
        if type == "factor":
            self.factor = {name: value[name] for name in value if name != "vault"}
        if type == "recipient" and self.odd.get("private"):
            return self.factor
        return self._odd(f"inside {type}", value)

    def recipients(self, type, recipients):
        return self._odd(f"recipients of {type}", recipients)

    def placed(self, row):
        return self._odd(f"place of {row.type}", row)

    def revision(self, type):
        return self._odd(f"revision of {type}", 1)

    def announced(self, kdf):
        return self._odd("kdf", kdf)

    def pin(self):
        return self._odd("pin", super().pin())

    def statement(self, factor, vault_key):
        return self._odd("statement", super().statement(factor, vault_key))

    def sealed(self, seal):
        return self._odd("seal", seal)


def also(**members):
    return lambda value: value | members


def without(name):
    return lambda value: {other: value[other] for other in value if other != name}


def policy(id=ID, **rules):
    """A policy of a key that applies."""
    return {"id": id, "set": 1, "rules": rules}


def policies(applied, superseded=()):
    """What a key's record says of its policies."""
    return {"version": 1, "changed": 1, "applied": applied, "superseded": list(superseded)}


def of_vault(vault, policies):
    vault._add_json("policy", vault.id, policies)


def request(**members):
    """What somebody else is asked to approve."""
    subject = {"operation": "setVaultPolicy", "arguments": {"removed": True}}
    asked = {"format": "strongroom-approval-request-1", "id": ID, "vault": ID, "device": ID}
    return asked | {"subject": subject, "requested": 1, "expires": 2} | members


def requests(vault, *asked):
    vault._add_json("requests", vault.id, {"device": ID, "requests": list(asked)})


def witness(vault, id=None, **members):
    """What a vault has seen of other logs."""
    seen = {"origin": "example.com/log", "verifier": "example.com/log+00000000+Ag==", "size": 1, "root": "A" * 43 + "=", "at": 1}
    record = {"device": ID, "witnessed": [seen], "cosigned": []} | members
    vault._add_json("witness", id or vault.id, record)


def of_organisation(vault, id=None, typ="sr-policy+jws", **members):
    """Of an organisation's policy, by an organisation that nobody knows."""
    key = new_pair()
    said = {"organisation": thumbprint(public(key)), "sequence": 1, "notAfter": 4_000_000_000_000}
    record = {"policy": sign(said, typ, key), "set": 1} | members
    vault._add_json("organisation", id or vault.id, record)


def log(size, **members):
    """What a head says of an audit log of so many entries, but that it has one perfect tree."""
    return {"log": ID, "device": ID, "size": size, "roots": ["A" * 43 + "="]} | members


def cut(size, entry):
    """What it says of a log's first entries that were cut."""
    return {"size": size, "roots": ["A" * 43 + "="], "entry": entry, "at": 1}


def in_version(change):
    """Changes the only version in a key's record."""
    return lambda key: key | {"versions": [change(key["versions"][0])]}


def more(recipient):
    return lambda recipients: [*recipients, recipient]


def stranger():
    return ("another", new_pair())


def listed(change):
    """Changes the only entry of a shard."""
    return lambda shard: {"keys": change(shard["keys"][0])}


def flattened(row):
    envelope = json.loads(row.text)
    (entry,) = envelope.pop("recipients")
    return row._replace(text=write_json(envelope | entry))


def versions(count):
    """A key of so many versions, all but the first of them destroyed."""

    def change(key):
        gone = {"state": "destroyed", "history": []}
        others = [gone | {"id": encode64(os.urandom(16)), "number": at} for at in range(2, count + 1)]
        return key | {"versions": [key["versions"][0], *(key["versions"][0] | one for one in others)]}

    return change


# What each changes; "alias" and "purpose" are the named key's, "then" is called before the vault is finished.
ODD = {
    "nothing": {},
    # Names.
    "an alias of 256 bytes": {"alias": "a" * 256},
    "an alias of 257 bytes": {"alias": "a" * 257},
    "an alias of 129 characters that take 258 bytes": {"alias": "é" * 129},
    "an empty alias": {"alias": ""},
    "an alias with a line feed": {"alias": "a\nb"},
    "an alias with U+0085": {"alias": "a\u0085b"},
    "an alias with characters that are not seen": {"alias": "a\u202eb"},
    "an alias of the form of an id": {"alias": ID},
    "a name of 257 bytes": {"name": "n" * 257},
    "a name with a control character": {"name": "a\u007fb"},
    "a name with characters that are not seen": {"name": "a\u200bb"},
    # Rows.
    "a record of revision 0": {"revision of key": lambda _: 0},
    "a head of revision 0": {"revision of head": lambda _: 0},
    "a statement of revision 0": {"revision of statement": lambda _: 0},
    "a record of a type that there is not": {
        "then": lambda vault: vault._add_json("sundial", ID, {})
    },
    "a version of a record that has none": {"place of identity": lambda row: row._replace(version="x")},
    "an identity under another id": {
        "then": lambda vault: move(vault, "identity"),
    },
    "two identities": {"then": lambda vault: vault._add_key("identity", ID, vault.identity)},
    "an index key under another id": {"then": lambda vault: move(vault, "index")},
    "a key under an id that is none": {"then": lambda vault: vault._add_json("key", "k", {})},
    "a recipient of no factor": {
        "then": lambda vault: vault._add_key("recipient", ID, public(new_pair()) | {"use": "enc"})
    },
    "a record in the flattened form": {"place of key": flattened},
    # Recipients, and keys that say another use.
    "a private key in a recipient": {"private": True},
    "a second recipient of a factor": {"recipients of factor": more(stranger())},
    "a second recipient of the vault key": {"recipients of vault-key": more(stranger())},
    "a second recipient of a named key": {"recipients of key": more(stranger())},
    "a second recipient of a version": {"recipients of version": more(stranger())},
    "a factor that signs": {"inside factor": also(use="sig")},
    "a factor's pin with another member": {"pin": also(name="a")},
    "a vault key of another kid": {"inside vault-key": also(kid="another")},
    "a vault key that signs": {"inside vault-key": also(use="sig")},
    "an identity that encrypts": {"inside identity": also(use="enc")},
    "a MAC key without alg": {"inside mac": without("alg")},
    "a MAC key that encrypts": {"inside mac": also(use="enc")},
    "an index key without alg": {"inside index": without("alg")},
    "an index key that encrypts": {"inside index": also(key_ops=["encrypt"])},
    # The statement and the seal.
    "a statement with another member": {"statement": also(name="a")},
    "a statement of generation 0": {"statement": also(generation=0)},
    "a factor of another kind": {
        "statement": lambda one: one | {"factors": [one["factors"][0] | {"kind": "sundial"}]}
    },
    "a factor that is listed twice": {"statement": lambda one: one | {"factors": one["factors"] * 2}},
    "a seal with another member": {"seal": also(by="a")},
    "a seal of the future": {"seal": also(created=2**52)},
    "a seal of another head": {"seal": also(head=2)},
    "a seal without a head": {"seal": without("head")},
    # Named keys.
    "a key without versions": {"inside key": also(versions=[])},
    "a key whose primary is none of its versions": {"inside key": also(primary=ID)},
    "a key with two versions of one id": {
        "inside key": lambda key: key | {"versions": key["versions"] * 2}
    },
    "a key of 1,000 versions": {"inside key": versions(1000)},
    "a key of 1,001 versions": {"inside key": versions(1001)},
    "a key with another member": {"inside key": also(owner="a")},
    "a state of a later release": {"inside key": in_version(also(state="archived"))},
    "a state that is not the history's last": {
        "inside key": in_version(lambda one: one | {"history": [one["history"][0] | {"state": "suspended"}]})
    },
    "a date of no destruction": {"inside key": in_version(also(destroyAt=1))},
    "a destruction without a date": {
        "inside key": in_version(also(state="destroy-scheduled", history=[]))
    },
    "a force of no destruction": {"inside key": in_version(also(forced=True))},
    "a number of 0": {"inside key": in_version(also(number=0))},
    "a key of the future": {"inside key": also(created=2**52)},
    "a public half of no pair": {
        "inside key": in_version(also(publicJwk=public(new_pair())))
    },
    "a pair without its public half": {"purpose": "share", "inside key": in_version(without("publicJwk"))},
    "the public half of another pair": {
        "purpose": "share",
        "inside key": in_version(lambda one: one | {"publicJwk": one["publicJwk"] | public(new_pair())}),
    },
    "16 labels": {"inside key": also(labels={f"l{at}": "" for at in range(16)})},
    "17 labels": {"inside key": also(labels={f"l{at}": "" for at in range(17)})},
    "a label of 129 bytes": {"inside key": also(labels={"a": "b" * 129})},
    "a label without a name": {"inside key": also(labels={"": "b"})},
    "a rotation every two years and a month": {"inside key": also(rotateEvery="P2Y1M")},
    "a rotation every moment": {"inside key": also(rotateEvery="PT0S")},
    "a rotation every thousand years": {"inside key": also(rotateEvery="P1000Y")},
    "a policy": {"inside key": also(policy=policies([policy(requireReason=["destroy"])]))},
    "a policy that asks for a factor": {
        "inside key": also(
            policy=policies([policy(freshFactor={"within": "PT5M", "operations": ["export"]})])
        )
    },
    "two policies": {"inside key": also(policy=policies([policy(), policy(id="B" * 21 + "A")]))},
    "no policy any more": {"inside key": also(policy=policies([], [ID]))},
    "a policy without an id": {"inside key": also(policy=policies([without("id")(policy())]))},
    "a policy with another member": {"inside key": also(policy=policies([policy() | {"by": "a"}]))},
    "policies with another member": {"inside key": also(policy=policies([]) | {"by": "a"})},
    "a policy without rules": {"inside key": also(policy=policies([policy() | {"rules": "none"}]))},
    "1,001 policies": {"inside key": also(policy=policies([], [ID] * 1001))},
    # Their versions.
    "a version without its material": {"then": lambda vault: drop(vault, "version")},
    "the material of no version": {
        "then": lambda vault: vault._add_key("version", key_id(vault), described(vault, ID), ID)
    },
    "a version's material under another kid": {"inside version": also(kid="another")},
    "a version's material for another alg": {"inside version": also(alg="dir")},
    # The catalog, use counts and the inventory.
    "a key that the catalog does not list": {"inside catalog": listed(lambda entry: [])},
    "a key that the catalog lists twice": {"inside catalog": listed(lambda entry: [entry, entry])},
    "a key that is listed and is not there": {
        "inside catalog": listed(lambda entry: [entry, entry | {"id": ID, "alias": "lost"}])
    },
    "a key that is listed under another alias": {
        "inside catalog": listed(lambda entry: [entry | {"alias": "another"}])
    },
    "a key that is listed in another state": {
        "inside catalog": listed(lambda entry: [entry | {"state": "suspended"}])
    },
    "a key that is listed with other labels": {
        "inside catalog": listed(lambda entry: [entry | {"labels": {"a": "b"}}])
    },
    "uses of a version that is not there": {
        "then": lambda vault: vault._add_json(
            "usage", key_id(vault), {"last": 0, "versions": [{"id": ID, "uses": 1}]}
        )
    },
    "uses by a device of a version that is not there": {
        "then": lambda vault: vault._add_json(
            "usage",
            key_id(vault),
            {"last": 0, "versions": [], "devices": [{"id": ID, "versions": [{"id": ID, "uses": 1}]}]},
        )
    },
    "uses of a key that is not there": {
        "then": lambda vault: vault._add_json("usage", ID, {"last": 0, "versions": []})
    },
    "an object of a key that is not there": {"then": lambda vault: vault._track("B" * 42 + "A", f"{ID}.{ID}", {})},
    "an object of the future": {"inside object": also(since=99), "then": lambda vault: track(vault)},
    "an object in another one's place": {
        "inside object": also(id="C" * 42 + "A"),
        "then": lambda vault: track(vault),
    },
    "a sidecar that is no object": {
        "then": lambda vault: vault._add_json("sidecar", "B" * 42 + "A", {}, "C" * 42 + "A")
    },
    "a backup of the future": {
        "then": lambda vault: vault._add_json("backup", ID, {"created": 2**52, "head": 99})
    },
    # The head.
    "a head of another count": {"inside head": also(records=3)},
    "a head of format 1": {"inside head": lambda head: without("core")(head | {"format": 1})},
    "a head of format 3": {"inside head": also(format=3)},
    "a head without its core": {"inside head": without("core")},
    "a head of another core": {"inside head": also(core="A" * 43)},
    "a head with another member": {"inside head": also(root="a")},
    "a head of a device": {"inside head": also(device={"id": ID, "ahead": 2**40})},
    "a head of a device with another member": {"inside head": also(device={"id": ID, "ahead": 0, "name": "a"})},
    "a head of a device with a short id": {"inside head": also(device={"id": "AAAA", "ahead": 0})},
    "a head of an audit log": {"inside head": also(log=log(1))},
    "a head of an audit log that was stopped": {"inside head": also(log=log(1, stopped=True))},
    "a head of an audit log with another member": {"inside head": also(log=log(1, name="a"))},
    "a head of an audit log of another size": {"inside head": also(log=log(3))},
    "a head of an audit log with a short hash": {"inside head": also(log=log(1, roots=["AAAA"]))},
    "a head of an audit log that is kept for a second": {"inside head": also(log=log(1, retain=1000))},
    "a head of an audit log whose first entry was cut": {"inside head": also(log=log(2, cut=cut(1, 1)))},
    "a head of an audit log that was cut whole": {"inside head": also(log=log(2, cut=cut(2, 2)))},
    "a head of an audit log with another member in its cut": {"inside head": also(log=log(2, cut=cut(1, 1) | {"by": "a"}))},
    "a head of three quiet changes": {"inside head": also(quiet=3)},
    "a head of so many quiet changes as no number": {"inside head": also(quiet="3")},
    "a key of an audit log that is not there": {"then": lambda vault: vault._add_key("audit-key", ID, new_oct(), "entries")},
    "a policy of the vault": {"then": lambda vault: of_vault(vault, policies([policy(reviewEvery="P1Y")]))},
    "a policy of the vault under another id": {"then": lambda vault: vault._add_json("policy", ID, policies([]))},
    "requests for approvals": {"then": lambda vault: requests(vault, request())},
    "a request of another form": {"then": lambda vault: requests(vault, request(format="strongroom-approval-request-2"))},
    "requests under another id": {"then": lambda vault: vault._add_json("requests", ID, {"device": ID, "requests": []})},
    "what a witness has seen": {"then": witness},
    "what a witness has seen with another member": {"then": lambda vault: witness(vault, by="a")},
    "what a witness has seen under another id": {"then": lambda vault: witness(vault, id=ID)},
    "policies of the vault with another member": {"then": lambda vault: of_vault(vault, policies([]) | {"by": "a"})},
    "1,001 policies of the vault": {"then": lambda vault: of_vault(vault, policies([], [ID] * 1001))},
    "an organisation's policy": {"then": of_organisation},
    "an organisation's policy under another id": {"then": lambda vault: of_organisation(vault, id=ID)},
    "an organisation's policy with another member": {"then": lambda vault: of_organisation(vault, url="https://example.com")},
    "an organisation's policy that is another statement": {"then": lambda vault: of_organisation(vault, typ="sr-vault+jws")},
    "an organisation's policy that nobody signed": {"then": lambda vault: of_organisation(vault, policy="none")},
    "entries of an audit log": {"then": lambda vault: vault._add_json("audit", ID, {"entries": []}, "0" * 16)},
    "a node of an audit log's index": {"then": lambda vault: vault._add_json("audit-index", ID, {"parts": ""}, "1." + "0" * 16)},
}


def first(vault, type):
    return next(row for row in vault.rows if row.type == type)


def key_id(vault):
    return first(vault, "key").id


def described(vault, version):
    return new_oct() | {"alg": "A256KW", "kid": f"{key_id(vault)}.{version}"}


def drop(vault, type):
    vault.rows = [row for row in vault.rows if row.type != type]


def move(vault, type):
    """To another id than the vault's, with an address that says so."""
    drop(vault, type)
    vault._add_key(type, ID, {"identity": vault.identity, "index": vault.index}[type])


def track(vault):
    row = first(vault, "version")
    vault._track("B" * 42 + "A", f"{row.id}.{row.version}", {})


def written(odd):
    vault = OddVault(odd)
    vault.add_named_key(odd.get("alias", "photos"), odd.get("purpose", "encrypt"))
    odd.get("then", lambda vault: None)(vault)
    vault.finish()
    return vault.backup(odd.get("name", "odd"))


if __name__ == "__main__":
    backups = {name: written(odd) for name, odd in ODD.items()}
    (Path(sys.argv[1]) / "odd.json").write_text(json.dumps(backups))

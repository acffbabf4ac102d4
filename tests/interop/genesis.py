"""Writing a vault from nothing: docs/format.md, sections 8 and 9."""

import os

from envelope import (
    encode64,
    kid_of,
    new_oct,
    new_pair,
    public,
    sha256,
    sign,
    thumbprint,
    wrap,
    write_envelope,
    write_json,
)
from keys import ALGORITHMS, SYMMETRIC, shard_of
from vault import CORE, Row, records_text, set_digest, stretch


class NewVault:
    """A vault of one passphrase, as a backup: begin, add keys and objects, finish."""

    def __init__(self, passphrase, now):
        self.now = now
        self.id = encode64(os.urandom(16))
        self.identity = new_pair() | {"use": "sig", "alg": "ES256"}
        self.key = new_oct()
        self.rows = []

        factor = new_pair() | {"use": "enc"}
        self._add_factor(factor, passphrase)
        self._add_key("recipient", thumbprint(factor), public(factor) | {"use": "enc"})
        self._add_vault_key(factor)
        self._add_statement()
        self._add_key("identity", self.id, self.identity)
        self.mac, self.index = (new_oct() | {"alg": "HS256"} for _ in range(2))
        self._add_key("mac", self.id, self.mac)
        self._add_key("index", self.id, self.index)
        self.shards = {}

    def finish(self):
        for id, listed in self.shards.items():
            self._add_json("catalog", id, {"keys": listed})
        # Last, because it accounts for all others.
        self._add_json(
            "head",
            self.id,
            {
                "format": 2,
                "generation": 1,
                "digest": set_digest(self.mac, self.rows),
                "records": len(self.rows),
                "core": set_digest(self.mac, [row for row in self.rows if row.type in CORE]),
            },
        )

    def backup(self, name):
        records = [_record(row) for row in self.rows]
        seal = self.sealed(
            {
                "vault": self.id,
                "name": name,
                "generation": 1,
                "head": self.revision("head"),
                "created": self.now,
                "records": sha256(records_text(records)),
            }
        )
        return write_json(
            {
                "records": records,
                "strongroom": "backup-1",
                "name": name,
                "seal": sign(seal, "sr-backup+jws", self.identity),
            }
        )

    # What forge_samples.py and odd_backups.py say otherwise.

    COST = {"m": 65_536, "t": 3, "p": 1}

    def inside(self, type, value):
        """What a record holds."""
        return value

    def recipients(self, type, recipients):
        """Whom it is encrypted to: pairs of a kid and a key."""
        return recipients

    def placed(self, row):
        """Where it stands, once it is written."""
        return row

    def revision(self, type):
        return 1

    def sealed(self, seal):
        return seal

    def pin(self):
        return {"vault": self.id, "identity": thumbprint(self.identity), "generation": 1}

    def announced(self, kdf):
        return kdf

    def statement(self, factor, vault_key):
        listed = {
            "kid": factor.id,
            "kind": "passphrase",
            "record": sha256(factor.text.encode()),
        }
        return {
            "vault": self.id,
            "generation": 1,
            "identity": thumbprint(self.identity),
            "envelope": sha256(vault_key.text.encode()),
            "factors": [listed],
            "requires": 1,
        }

    def _add_factor(self, factor, passphrase):
        """The private half, under the stretched passphrase, with what it remembers of the vault."""
        kid = thumbprint(factor)
        salt = encode64(os.urandom(16))
        kdf = {"name": "argon2id", "version": 19} | self.COST | {"salt": salt}
        kek = {"kty": "oct", "k": encode64(stretch(passphrase, kdf))}
        announced = {"kdf": self.announced(kdf)}
        self._wrap("factor", kid, factor | {"vault": self.pin()}, (kid, kek), announced)

    def _add_vault_key(self, factor):
        self._wrap("vault-key", self.id, self.key, (kid_of(factor), factor))

    def _add_statement(self):
        statement = self.statement(self.rows[0], self.rows[-1])
        self._add("statement", self.id, sign(statement, "sr-vault+jws", self.identity))

    def add_named_key(self, alias, purpose="encrypt"):
        """A record that describes the key, one with its only version, and its place in the catalog."""
        id, version = encode64(os.urandom(16)), encode64(os.urandom(16))
        kid = f"{id}.{version}"
        described = {"kid": kid, "alg": ALGORITHMS[purpose]}
        if purpose in ("sign", "mac"):
            described["use"] = "sig"
        if purpose == "share":
            described["use"] = "enc"
        jwk = (new_oct() if purpose in SYMMETRIC else new_pair()) | described
        first = {"id": version, "number": 1, "state": "active", "created": self.now}
        first["history"] = [{"state": "active", "at": self.now, "by": "create"}]
        if purpose not in SYMMETRIC:
            first["publicJwk"] = public(jwk) | described
        listed = {"id": id, "alias": alias, "purpose": purpose}
        record = {"primary": version, "versions": [first], "created": self.now}
        self._add_json("key", id, listed | record)
        self._add_key("version", id, jwk, version)
        shard = self.shards.setdefault(shard_of(self.index, alias), [])
        shard.append(listed | {"state": "active"})
        return kid, jwk

    def keep(self, id, header, kid):
        """An object whose header stays here."""
        self._track(id, kid, {"header": header})

    def track_sidecar(self, id, kid, sidecar):
        """A sidecar whose header is elsewhere."""
        self._track(id, kid, {"sidecar": sidecar})
        self._add_json("sidecar", sidecar["parent"], {}, id)

    def _track(self, id, kid, known):
        key, version = kid.split(".")
        object = {"id": id, "key": key, "version": version, "tracked": self.now, "since": 1}
        self._add_json("object", id, object | known, version)

    def _add_key(self, type, id, jwk, version=""):
        self._wrap(type, id, jwk, (kid_of(self.key), self.key), version=version)

    def _wrap(self, type, id, jwk, recipient, kdf={}, version=""):
        aad = write_json(self._address(type, id, version) | kdf).encode()
        recipients = self.recipients(type, [recipient])
        self._add(type, id, wrap(self.inside(type, jwk), recipients, aad=aad), version)

    def _add_json(self, type, id, record, version=""):
        aad = write_json(self._address(type, id, version)).encode()
        plain = write_json(self.inside(type, record)).encode()
        recipients = self.recipients(type, [(kid_of(self.key), self.key)])
        self._add(type, id, write_envelope(plain, {"cty": "json"}, recipients, aad), version)

    def _address(self, type, id, version=""):
        address = {"type": type, "vault": self.id, "id": id}
        if version:
            address["version"] = version
        return address | {"revision": self.revision(type), "generation": 1}

    def _add(self, type, id, text, version=""):
        self.rows.append(self.placed(Row(type, id, version, self.revision(type), text)))


def _record(row):
    record = {"type": row.type, "id": row.id}
    if row.version:
        record["version"] = row.version
    return record | {"revision": row.revision, "record": row.text}

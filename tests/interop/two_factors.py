"""Opens a vault that takes a passphrase and a passkey at once: `two_factors.py <folder>`.

`backup.json` is of the vault, `known.json` has its `passphrase`, `prf` (what the passkey's PRF gives, base64url) and
`kit` (the 32 bytes of the recovery kit, base64url). Prints as JSON how each way in ended, and which changed records
were not refused.
"""

import json
import sys
from pathlib import Path

from envelope import Refused, decode64, kid_of, open_envelope, sha256, sign, thumbprint, wrap, write_envelope
from jwcrypto.common import JWException
from openers import derived
from vault import Vault, address_of, of_type, only, open_by, read_backup, stretch


def changed(text):
    """A bit of each byte turned, and all of the last one.

    Each also changes the record's hash or the statement's signature, and the record's MAC: so it is refused even by a
    reader that knows nothing of two factors. What tries the rules of those is what `Forger` writes.
    """
    data = text.encode()
    for at in range(len(data)):
        for bit in range(8) if at == len(data) - 1 else [at % 8]:
            turned = bytes([data[at] ^ 1 << bit])
            yield at, (data[:at] + turned + data[at + 1 :]).decode("latin-1")


def factors_of(rows, known):
    """The private JWKs of the passphrase's factor, the passkey's and the kit's."""
    found, vault = {}, only(rows, "statement").id
    keks = {
        "kdf": lambda kdf: stretch(known["passphrase"], kdf),
        "passkey": lambda passkey: derived(decode64(known["prf"]), "passkey kek"),
        "kit": lambda kit: derived(decode64(known["kit"]), "recovery kit kek"),
    }
    for row in of_type(rows, "factor"):
        address = address_of(row, vault)
        (kind,) = [kind for kind in keks if kind in address]
        found[kind] = open_by(row, keks[kind](address[kind]))
    id = next(address_of(row, vault)["kit"]["id"] for row in of_type(rows, "factor") if "kit" in address_of(row, vault))
    assert decode64(id) == derived(decode64(known["kit"]), "recovery kit id")[:16]
    return found


def refusal(rows, *factors):
    """Why the vault is refused, if it is: by a rule, or as no text, JSON, signature or key that can be read."""
    try:
        Vault(rows, factors[0], None, factors[1] if len(factors) > 1 else None)
    except (Refused, ValueError, JWException) as refused:
        return str(refused) or type(refused).__name__
    return None


def replaced(rows, type, text):
    return [row._replace(text=text) if row.type == type else row for row in rows]


class Forger:
    """Who has all keys of the vault but is no writer of ours: what they write is signed as it should be."""

    def __init__(self, rows, vault, passphrase):
        self.rows, self.vault = rows, vault
        self.row = only(rows, "vault-key")
        self.inner = open_envelope(self.row.text, kid_of(passphrase), passphrase, "jose+json")[0].decode()
        self.public = {row.id: vault.open_key(row) for row in of_type(rows, "recipient")}
        self.kinds = {entry["kind"]: entry["kid"] for entry in vault.statement["factors"]}
        self.aad = self.aad_of(self.row)

    def aad_of(self, row, **other):
        return json.dumps(address_of(row, self.vault.id) | other, separators=(",", ":"))

    def to(self, *kinds):
        return [(self.kinds[kind], self.public[self.kinds[kind]]) for kind in kinds]

    def stated(self, outer, inner, **other):
        """The records with these envelopes, which a statement names."""
        hashes = [sha256(text.encode()) for text in (outer, inner)]
        statement = self.vault.statement | {"envelope": hashes[0], "envelopes": hashes} | other
        rows = replaced(self.rows, "vault-key", outer)
        return replaced(rows, "statement", sign(statement, "sr-vault+jws", self.vault.identity))

    def nested(self, inner, recipients, jkt=None):
        header = {"cty": "jose+json", "jkt": jkt or thumbprint(self.vault.key)}
        return write_envelope(inner.encode(), header, recipients, self.aad)

    def forgeries(self):
        outer_to, inner_to = ("passphrase", "recovery-kit"), ("passkey", "recovery-kit")
        inner = wrap(self.vault.key, self.to(*inner_to), aad=self.aad)
        outer = self.nested(inner, self.to(*outer_to))
        openers = self.vault.statement["openers"]
        yield "nothing", self.stated(outer, inner)
        easier = wrap(self.vault.key, self.to("passphrase", *inner_to), aad=self.aad)
        yield "the inner one to a passphrase", self.stated(self.nested(easier, self.to(*outer_to)), easier)
        yield "the outer one to a passkey", self.stated(self.nested(inner, self.to("passkey", *outer_to)), inner)
        narrow = wrap(self.vault.key, self.to("passkey"), aad=self.aad)
        yield "the inner one to no kit", self.stated(self.nested(narrow, self.to(*outer_to)), narrow)
        moved = wrap(self.vault.key, self.to(*inner_to), aad=self.aad.replace('"generation":', '"generation":1'))
        yield "the inner one of another generation", self.stated(self.nested(moved, self.to(*outer_to)), moved)
        yield "another jkt outside", self.stated(self.nested(inner, self.to(*outer_to), "A" * 43), inner)
        yield "another inner one", self.stated(outer, self.inner)
        flat = wrap(self.vault.key, self.to(*outer_to), aad=self.aad)
        yield "one level", self.stated(flat, inner)
        yield "a kit that is no opener", self.stated(outer, inner, openers=openers[:1])
        yield "a passkey that opens alone", self.stated(outer, inner, openers=[*openers, ["passkey"]])
        yield "the pair in another order", self.stated(outer, inner, openers=[openers[0][::-1], *openers[1:]])
        yield "one of two factors", self.stated(outer, inner, requires=1)
        hashes = [sha256(text.encode()) for text in (outer, inner)]
        yield "one envelope", self.stated(outer, inner, envelopes=hashes[:1])
        yield "the envelopes in another order", self.stated(outer, inner, envelopes=hashes[::-1])
        for name in ("kit", "passkey"):
            yield f"a recipient with a {name} in its address", self.readdressed(name)

    def readdressed(self, name):
        """The records with something in a recipient's address that a factor's alone has."""
        row = of_type(self.rows, "recipient")[0]
        key = (kid_of(self.vault.key), self.vault.key)
        text = wrap(self.public[row.id], [key], aad=self.aad_of(row, **{name: {"id": "A" * 22}}))
        return [row._replace(text=text) if one == row else one for one in self.rows]


def main(folder):
    known = json.loads((folder / "known.json").read_text())
    _, rows = read_backup((folder / "backup.json").read_text())
    factors = factors_of(rows, known)
    passphrase, passkey, kit = factors["kdf"], factors["passkey"], factors["kit"]
    vault = Vault(rows, passphrase, None, passkey)
    ways = {"both": [passphrase, passkey], "both, the other way round": [passkey, passphrase], "kit": [kit]}
    alone = {"passphrase": [passphrase], "passkey": [passkey], "passphrase twice": [passphrase, passphrase]}
    told = {
        "vault": vault.id,
        "opened": {name: refusal(rows, *way) for name, way in ways.items()},
        "alone": {name: refusal(rows, *way) for name, way in alone.items()},
        "changed": [],
    }
    for row in rows:
        if row.type not in ("vault-key", "statement", "factor"):
            continue
        for at, text in changed(row.text):
            others = [row._replace(text=text) if one == row else one for one in rows]
            # One way in after the other, byte by byte.
            way = ("both", "kit")[at % 2]
            if refusal(others, *ways[way]) is None:
                told["changed"].append(f"{row.type} {row.id}: byte {at}, by {way}")
    forger = Forger(rows, vault, passphrase)
    told["forged"] = {}
    for name, forged in forger.forgeries():
        by_kit = name == "the inner one to no kit"
        told["forged"][name] = refusal(forged, *ways["kit" if by_kit else "both"])
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

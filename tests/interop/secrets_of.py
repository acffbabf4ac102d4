"""Prints every secret of a vault and its objects, as JSON of base64 by name: `secrets_of.py <folder>`.

The folder holds backup.json, the passphrase and contexts in sample.json, and objects named *.srm. What is
printed here is what must appear nowhere else; a test looks.
"""

import base64
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from envelope import canonical, decode64, read_json, unwrap
from objects import split
from vault import address_of, of_type, only, open_factor, read_backup, stretch, unlock


def main(folder):
    sample = json.loads((folder / "sample.json").read_text())
    rows = read_backup((folder / "backup.json").read_text())[1]
    secrets = dict(of_vault(rows, sample["passphrase"]))
    vault = unlock(rows, sample["passphrase"])
    for path in sorted(folder.glob("*.srm")):
        secrets |= of_object(vault, path, sample["contexts"][path.name])
    texts = {name: base64.b64encode(secret).decode() for name, secret in secrets.items()}
    json.dump(texts, sys.stdout)


def of_vault(rows, passphrase):
    vault = unlock(rows, passphrase)
    yield "passphrase", passphrase.encode()
    yield "vault key", decode64(vault.key["k"])
    yield "identity", decode64(vault.identity["d"])
    yield "mac key", decode64(vault.open_key(only(rows, "mac"))["k"])
    for row in of_type(rows, "factor"):
        yield "factor's kek", stretch(passphrase, address_of(row, vault.id)["kdf"])
        yield "factor's key", decode64(open_factor(row, vault.id, passphrase)["d"])
    for key in vault.keys:
        yield f"version of {key['alias']}", decode64(vault.primary(key["alias"])[1]["k"])


def of_object(vault, path, context):
    header, body = split(path.read_bytes())
    kid = read_json(header)["recipients"][0]["header"]["kid"]
    dek, _ = unwrap(header, kid, vault.version(kid), context)
    secret = decode64(dek["k"])
    segment_key = HKDF(SHA256(), 32, body[1:33], canonical(context)).derive(secret)
    return {f"dek of {path.name}": secret, f"segment key of {path.name}": segment_key}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

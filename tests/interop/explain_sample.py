"""Prints what is inside a sample, as a JSON list of texts: `explain_sample.py <folder>`.

They are the examples of docs/format.md, and a test holds the page to them.
"""

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from envelope import canonical, ctx, decode64, read_json, unwrap, write_json
from keys import shard_of
from objects import split
from vault import address_of, only, open_factor, read_backup, stretch, unlock


def main(folder):
    sample = json.loads((folder / "sample.json").read_text())
    rows = read_backup((folder / "backup.json").read_text())[1]
    token = (folder / "value.jwe").read_text()
    seal = read_json((folder / "backup.json").read_text())["seal"]
    texts = [
        canonical(sample["detached"]["context"]).decode(),
        canonical(sample["detached"]["context"]).hex(" "),
        ctx(sample["attached"]["context"])["ctx"],
        *of_vault(rows, sample["passphrase"]),
        *of_object(unlock(rows, sample["passphrase"]), folder, sample["attached"]["context"]),
        decode64(token.split(".")[0]).decode(),
        decode64((folder / "signed.jws").read_text().split(".")[0]).decode(),
        decode64(seal.split(".")[1]).decode(),
    ]
    json.dump(texts, sys.stdout)


def of_vault(rows, passphrase):
    vault = unlock(rows, passphrase)
    row = only(rows, "factor")
    address = address_of(row, vault.id)
    photos = next(key for key in vault.keys if key["alias"] == "photos")
    yield write_json(address)
    yield stretch(passphrase, address["kdf"]).hex()
    yield write_json(open_factor(row, vault.id, passphrase))
    yield write_json(vault.statement)
    yield write_json(photos)
    yield write_json(vault.primary("photos")[1])
    index = vault.open_mac_key("index")
    shard = next(row for row in vault.of_type("catalog") if row.id == shard_of(index, "photos"))
    yield f"`{shard.id}`"
    yield write_json(vault.open_json(shard))
    yield write_json(vault.open_json(only(rows, "backup")))
    yield write_json(vault.open_json(only(rows, "head")))


def of_object(vault, folder, context):
    attached = (folder / "attached.srm").read_bytes()
    header, body = split(attached)
    entry = read_json(header)["recipients"][0]
    kid = entry["header"]["kid"]
    dek, _ = unwrap(header, kid, vault.version(kid), context)
    yield attached[:8].hex(" ")
    yield f"the {len(header.encode())} bytes"
    yield decode64(read_json(header)["protected"]).decode()
    yield write_json(entry)
    yield write_json(dek)
    yield f"{body[:1].hex()} {body[1:33].hex()} {body[33:40].hex()}"
    yield body[40:-16].hex()
    yield body[-16:].hex()
    key = HKDF(SHA256(), 32, body[1:33], canonical(context)).derive(decode64(dek["k"]))
    nonce = body[33:40] + bytes(4) + b"\1"
    plain = AESGCM(key).decrypt(nonce, body[40:], None).decode()
    yield f"segment key  {key.hex()}"
    yield f"nonce        {nonce[:7].hex()} {nonce[7:11].hex()} {nonce[11:].hex()}"
    yield f'plaintext    "{plain}"'


if __name__ == "__main__":
    main(Path(sys.argv[1]))

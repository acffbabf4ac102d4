"""Opens a vault by an escrow key on a PKCS#11 token, or an object whose recipient is a key there.

    hsm_open.py MODULE TOKEN KEY                      prints the key's public JWK, for `escrow(…)` or for recipients
    hsm_open.py MODULE TOKEN KEY BACKUP               opens the vault in a backup, and prints its keys
    hsm_open.py MODULE TOKEN KEY OBJECT OUT [CONTEXT] decrypts an attached object into OUT, a new file

MODULE is the token's library, TOKEN and KEY are labels. CONTEXT is a file with the object's context, as JSON. The PIN comes
from STRONGROOM_PIN, or is asked for.
"""

import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from envelope import decode64, encode64, read_json, require, require_members, thumbprint, unwrap
from hsm import agree, decrypt, public_jwk, session_of
from objects import open_object, split
from vault import Vault, address_of, of_type, only, open_by, read_backup


def main(module, token, key, file=None, *rest):
    with session_of(module, token) as session:
        public = public_jwk(session, key)
        kid, ask = thumbprint(public), lambda entry: kek_of(session, key, entry)
        if file is None:
            told = public
        elif rest:
            told = recover_object(kid, ask, Path(file), *map(Path, rest))
        else:
            told = recover_vault(kid, ask, Path(file))
    print(json.dumps(told))


def recover_vault(kid, ask, backup):
    _, rows = read_backup(backup.read_text())
    row, kek = escrowed(rows, kid, ask)
    factor = open_by(row, kek)
    require(factor is not None, "a record that does not open")
    vault = Vault(rows, factor)
    keys = [{"alias": key["alias"], "purpose": key["purpose"]} for key in vault.keys]
    return {"vault": vault.id, "factor": row.id, "keys": sorted(keys, key=lambda key: key["alias"])}


def recover_object(kid, ask, file, out, context=None):
    header, body = split(file.read_bytes())
    context = context and read_json(context.read_text())
    header, _, key = asked(header, kid, ask)
    id, metadata, plain = open_object(header, body, kid, key, context, agreed=True)
    with out.open("xb") as new:
        new.write(plain)
    return {"id": id, "metadata": metadata}


def escrowed(rows, recipient, ask):
    """The factor's record that names the token's key, and the KEK of that record."""
    vault = only(rows, "statement").id
    for row in of_type(rows, "factor"):
        escrow = address_of(row, vault).get("escrow")
        if escrow is not None and escrow["recipient"] == recipient:
            require_members({"kid": recipient} | escrow, "recipient", "kid", "kek")
            inside, sole = unwrap(*asked(escrow["kek"], recipient, ask))
            require(sole, "a KEK for others too")
            require_members(inside, "kty", "k")
            return row, decode64(inside["k"])
    require(False, "no record of this key")


def asked(text, kid, ask):
    """The same envelope for the key that the token gave: an `A256KW` recipient's, which the rest of the reader opens."""
    envelope = read_json(text)
    entries = envelope["recipients"] if "recipients" in envelope else [envelope]
    entry = next((entry for entry in entries if entry["header"]["kid"] == kid), None)
    require(entry is not None, "an envelope for others")
    kek, entry["encrypted_key"] = ask(entry)
    entry["header"] = {"alg": "A256KW", "kid": kid}
    return json.dumps(envelope), kid, {"kty": "oct", "k": encode64(kek)}


def kek_of(session, key, entry):
    """A key-encryption key, and the content key under it. A token of RSA gives the latter: that one is wrapped anew."""
    header, encrypted = entry["header"], entry["encrypted_key"]
    if header["alg"] == "ECDH-ES+A256KW":
        require_members(header, "alg", "kid", "epk")
        return agree(session, key, header["epk"]), encrypted
    require_members(header, "alg", "kid")
    require(header["alg"] == "RSA-OAEP-256", "another algorithm")
    cek = decrypt(session, key, decode64(encrypted))
    require(len(cek) == 32, "a content key of another size")
    kek = os.urandom(32)
    return kek, encode64(aes_key_wrap(kek, cek))


main(*sys.argv[1:])

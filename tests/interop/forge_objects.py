"""Writes what a recipient of an object could pass off as the vault's own: `forge_objects.py <folder>`.

The folder is one that `write_sample.py` wrote. `forged-objects.json` has each by name: an attached object, base64url, or a value.
The forger has the object for others, and the private key of one of them: not the vault, nor its version's key. Each must be refused.
`nothing` is the vault's own, for comparison. Prints what our reader of objects says of each.
"""

import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto import jwe, jwk
from envelope import ALGORITHMS, ctx, decode64, encode64, material, new_oct, open_value, read_json, thumbprint, write_json
from objects import body_cipher, canonical, join, open_object, split, split_signed, _Kept
from vault import read_backup, unlock


def main(folder):
    sample = json.loads((folder / "sample.json").read_text())
    context = sample["shared"]["context"]
    header, _, body = split_signed((folder / "shared.srm").read_bytes())
    forged = {
        "nothing": encode64((folder / "attached.srm").read_bytes()),
        "cut to the vault's own entry": encode64(join(cut(header), body)),
        "another object": encode64(join(*another(header, sample["shared"]["friend"], context))),
        "a value": value(header, sample["shared"]["friend"], context),
    }
    (folder / "forged-objects.json").write_text(json.dumps(forged))
    vault = unlock(read_backup((folder / "backup.json").read_text())[1], sample["passphrase"])
    attached = sample["attached"]["context"]
    found = {
        name: opened(vault, text, attached if name == "nothing" else context)
        for name, text in forged.items()
    }
    json.dump(found, sys.stdout)


def cut(header):
    envelope = read_json(header)
    return write_json(envelope | {"recipients": envelope["recipients"][:1]})


def another(header, friend, context):
    """Header and body of an object that the recipient made, under the content encryption key of the one that it got."""
    dek = new_oct()
    protected = {"enc": "A256GCM", "cty": "jwk+json", "jkt": thumbprint(dek)} | ctx(context)
    entry = read_json(header)["recipients"][0]
    envelope = sealed(cek_of(header, friend), protected, write_json(dek).encode()) | {"recipients": [entry]}
    body = _Kept()
    with body_cipher(dek).new_encrypting_stream(body, canonical(context)) as stream:
        stream.write(b"forged")
    return write_json(envelope), body.getvalue()


def value(header, friend, context):
    entry = read_json(header)["recipients"][0]
    protected = {"alg": "A256KW", "enc": "A256GCM", "kid": entry["header"]["kid"]} | ctx(context)
    parts = sealed(cek_of(header, friend), protected, b'"forged"')
    return ".".join([parts["protected"], entry["encrypted_key"], parts["iv"], parts["ciphertext"], parts["tag"]])


def sealed(cek, protected, plain):
    protected, iv = encode64(write_json(protected).encode()), os.urandom(12)
    text = AESGCM(cek).encrypt(iv, plain, protected.encode())
    return {"protected": protected, "iv": encode64(iv), "ciphertext": encode64(text[:-16]), "tag": encode64(text[-16:])}


def cek_of(header, friend):
    envelope = read_json(header)
    entry = envelope.pop("recipients")[1]
    token = jwe.JWE(algs=ALGORITHMS)
    token.deserialize(json.dumps(envelope | entry))
    token.decrypt(jwk.JWK(**material(friend)))
    return token.cek


def opened(vault, text, context):
    try:
        if "." in text:
            return open_value(text, vault.version, context) and "opened"
        header, body = split(decode64(text))
        kid = read_json(header)["recipients"][0]["header"]["kid"]
        return open_object(header, body, kid, vault.version(kid), context) and "opened"
    except jwe.InvalidJWEData:
        return "refused"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

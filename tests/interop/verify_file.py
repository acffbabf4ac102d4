"""Verifies the signature of a file, and signs it: `verify_file.py <folder>`.

`content` is the file, `signature.jws` is of a key whose public half is `public.json`. Prints as JSON what was found, and which changed
contents and signatures were not refused. Writes `theirs.json` and `theirs.jws`: a key of its own, and its signature of the file.
"""

import hashlib
import json
import sys
from pathlib import Path

from jwcrypto.common import json_decode
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature

TYP = "sr-digest+jws"


class Refused(Exception):
    pass


def main(folder):
    content = folder / "content"
    token = (folder / "signature.jws").read_text()
    public = JWK.from_json((folder / "public.json").read_text())
    said, header = verify(token, public, content)
    other = folder / "other"
    not_refused = []
    for what, changed in changes(content.read_bytes()):
        other.write_bytes(changed)
        if not refused(token, public, other):
            not_refused.append(what)
    bytes_token = (folder / "bytes.jws").read_text()
    for what, changed in {"a signature over bytes": bytes_token, "another's": sign(JWK.generate(kty="EC", crv="P-256"), content)}.items():
        if not refused(changed, public, content):
            not_refused.append(what)
    key = JWK.generate(kty="EC", crv="P-256")
    (folder / "theirs.json").write_text(key.export_public())
    (folder / "theirs.jws").write_text(sign(key, content))
    json.dump({"header": header, "said": said, "not refused": not_refused}, sys.stdout)


def verify(token, public, path):
    jws = JWS()
    jws.deserialize(token)
    header = json_decode(jws.objects["protected"])
    if header.get("typ") != TYP:
        raise Refused("another kind of signature")
    try:
        jws.verify(public, alg="ES256")
    except InvalidJWSSignature:
        raise Refused("not by that key") from None
    said = json_decode(jws.payload)
    if said != describe(path):
        raise Refused("another content")
    return said, header


def describe(path):
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"digest": f"sha256:{digest}", "size": path.stat().st_size}


def sign(key, path):
    jws = JWS(json.dumps(describe(path)))
    jws.add_signature(key, alg="ES256", protected=json.dumps({"alg": "ES256", "typ": TYP}))
    return jws.serialize(compact=True)


def refused(token, public, path):
    try:
        verify(token, public, path)
    except Refused:
        return True
    return False


def changes(content):
    yield "a bit turned", bytes([content[0] ^ 1]) + content[1:]
    yield "cut", content[:-1]
    yield "longer", content + b"\0"
    yield "empty", b""


if __name__ == "__main__":
    main(Path(sys.argv[1]))

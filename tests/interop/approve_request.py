"""Approves a request of a vault, as somebody who holds none of its keys: `approve_request.py <folder>`.

Without a `request.json` in the folder it makes a key, and prints the thumbprint that a policy names its owner by. With one it shows what is asked, checks
`theirs.jws`, another approver's, and writes `approval.jws`, its own. Prints as JSON what it found.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

from jwcrypto.common import base64url_encode, json_decode
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

TYP = "sr-approval+jws"
FORMAT = "strongroom-approval-request-1"


def main(folder):
    key_file, request_file = folder / "approver.json", folder / "request.json"
    if not request_file.exists():
        key = JWK.generate(kty="EC", crv="P-256")
        key_file.write_text(key.export())
        return print(json.dumps({"approver": key.thumbprint()}))
    key = JWK.from_json(key_file.read_text())
    text = request_file.read_text()
    request = json.loads(text)
    assert request["format"] == FORMAT, "a request of another form"
    payload = said_of(request, text)
    token = JWS(json.dumps(payload, separators=(",", ":")))
    header = {"alg": "ES256", "typ": TYP, "jwk": key.export_public(as_dict=True)}
    token.add_signature(key, alg="ES256", protected=json.dumps(header))
    (folder / "approval.jws").write_text(token.serialize(compact=True))
    print(json.dumps({"request": request, "theirs": verified((folder / "theirs.jws").read_text(), payload)}))


def said_of(request, text):
    """What an approval says: the whole request is in its digest."""
    named = {name: request[name] for name in ("vault", "device", "expires")}
    digest = base64url_encode(hashlib.sha256(text.encode()).digest())
    operation = request["subject"]["operation"]
    return named | {"request": request["id"], "operation": operation, "digest": digest, "approved": int(time.time() * 1000)}


def verified(token, expected):
    """Whose approval it is, by the thumbprint, and whether it says the same."""
    read = JWS()
    read.deserialize(token)
    header = json_decode(read.objects["protected"])
    assert set(header) == {"alg", "typ", "jwk"} and header["typ"] == TYP, "another kind of signature"
    key = JWK(**header["jwk"])
    read.verify(key, alg="ES256")
    said = json_decode(read.payload)
    assert {**said, "approved": 0} == {**expected, "approved": 0}, "another request"
    return key.thumbprint()


main(Path(sys.argv[1]))

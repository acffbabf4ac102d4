"""Answers for a key on a PKCS#11 token, as a service in front of it does for pages:

    hsm_answer.py MODULE TOKEN KEY    reads a request from standard input, and prints what the token made of it

A request is JSON: {"encryptedKey": …} of an `RSA-OAEP-256` recipient, or {"epk": …} of an `ECDH-ES+A256KW` one, as the `unwrap` of an
adapter gets it, with bytes as base64url. The answer is 32 bytes as base64url. Whoever may ask decides the service, and not the token.
"""

import json
import sys

from envelope import decode64, encode64, read_json, require
from hsm import decrypt, session_of, shared_secret


def main(module, token, key):
    request = read_json(sys.stdin.read())
    with session_of(module, token) as session:
        if "epk" in request:
            answer = shared_secret(session, key, request["epk"])
        else:
            answer = decrypt(session, key, decode64(request["encryptedKey"]))
    require(len(answer) == 32, "an answer of another size")
    print(json.dumps(encode64(answer)))


main(*sys.argv[1:])

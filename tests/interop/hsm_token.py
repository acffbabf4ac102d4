"""Makes a key pair on a token, for tests: `hsm_token.py MODULE TOKEN KEY P-256|RSA`. The token makes it, and lets nobody read it."""

import sys

from hsm import session_of
from pkcs11 import Attribute, KeyType
from pkcs11.util.ec import encode_named_curve_parameters

SECRET = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}


def main(module, token, label, kind):
    named = {"store": True, "label": label, "id": label.encode()}
    with session_of(module, token, rw=True) as session:
        if kind == "RSA":
            session.generate_keypair(KeyType.RSA, 2048, private_template=SECRET | {Attribute.DECRYPT: True}, **named)
            return
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
        parameters.generate_keypair(private_template=SECRET | {Attribute.DERIVE: True}, **named)


main(*sys.argv[1:])

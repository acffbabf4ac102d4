"""Keys on a PKCS#11 token, and what the token does with them: ECDH. The private half never leaves it.

Nothing here is strongroom's code: python-pkcs11 speaks to the token, and what a token cannot do is done here in software.
"""

import getpass
import os

import pkcs11
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.serialization import load_der_public_key
from envelope import decode64, encode64, require
from pkcs11 import KDF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ec_public_key

ALGORITHM = b"ECDH-ES+A256KW"


def session_of(module, token, rw=False):
    """A session of the token's user. The PIN comes from STRONGROOM_PIN, or is asked for: never from the command line."""
    pin = os.environ.get("STRONGROOM_PIN") or getpass.getpass("PIN: ")
    return pkcs11.lib(module).get_token(token_label=token).open(rw=rw, user_pin=pin)


def public_jwk(session, label):
    """The public half, as an escrow takes it: on P-256."""
    key = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
    require(key.key_type == KeyType.EC, "a key of another type")
    numbers = load_der_public_key(encode_ec_public_key(key)).public_numbers()
    require(numbers.curve.name == "secp256r1", "another curve than P-256")
    x, y = (encode64(number.to_bytes(32)) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def agree(session, label, epk):
    """The key-encryption key of an `ECDH-ES+A256KW` recipient: ECDH on the token, then Concat KDF (RFC 7518 §4.6.2)."""
    require((epk["kty"], epk["crv"]) == ("EC", "P-256"), "an ephemeral key on another curve")
    point = b"\x04" + decode64(epk["x"]) + decode64(epk["y"])
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
    # For this session alone, and readable: the shared secret, not the key.
    template = {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True, Attribute.TOKEN: False}
    derived = private.derive_key(
        KeyType.GENERIC_SECRET,
        256,
        mechanism=Mechanism.ECDH1_DERIVE,
        mechanism_param=(KDF.NULL, None, point),
        template=template,
    )
    lengths = [length.to_bytes(4) for length in (len(ALGORITHM), 0, 0, 256)]
    info = lengths[0] + ALGORITHM + b"".join(lengths[1:])
    return ConcatKDFHash(SHA256(), 32, info).derive(derived[Attribute.VALUE])

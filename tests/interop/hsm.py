"""Keys on a PKCS#11 token, and what the token does with them: ECDH and RSA decryption. The private half never leaves it.

Nothing here is strongroom's code: python-pkcs11 speaks to the token, and what a token cannot do is done here in software.
"""

import getpass
import hashlib
import hmac
import os

import pkcs11
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.serialization import load_der_public_key
from envelope import decode64, encode64, require
from pkcs11 import KDF, MGF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import ArgumentsBad, MechanismInvalid, MechanismParamInvalid
from pkcs11.util.ec import encode_ec_public_key
from pkcs11.util.rsa import encode_rsa_public_key

ALGORITHM = b"ECDH-ES+A256KW"


def session_of(module, token, rw=False):
    """A session of the token's user. The PIN comes from STRONGROOM_PIN, or is asked for: never from the command line."""
    pin = os.environ.get("STRONGROOM_PIN") or getpass.getpass("PIN: ")
    return pkcs11.lib(module).get_token(token_label=token).open(rw=rw, user_pin=pin)


def public_jwk(session, label):
    """The public half, as an escrow takes it: on P-256, or of RSA."""
    key = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
    if key.key_type == KeyType.RSA:
        numbers = load_der_public_key(encode_rsa_public_key(key)).public_numbers()
        n, e = (encode64(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
        return {"kty": "RSA", "n": n, "e": e}
    require(key.key_type == KeyType.EC, "a key of another type")
    numbers = load_der_public_key(encode_ec_public_key(key)).public_numbers()
    require(numbers.curve.name == "secp256r1", "another curve than P-256")
    x, y = (encode64(number.to_bytes(32)) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def agree(session, label, epk):
    """The key-encryption key of an `ECDH-ES+A256KW` recipient: Concat KDF (RFC 7518 §4.6.2) of what the token agrees on."""
    lengths = [length.to_bytes(4) for length in (len(ALGORITHM), 0, 0, 256)]
    info = lengths[0] + ALGORITHM + b"".join(lengths[1:])
    return ConcatKDFHash(SHA256(), 32, info).derive(shared_secret(session, label, epk))


def shared_secret(session, label, epk):
    """ECDH on the token: the x-coordinate."""
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
    return derived[Attribute.VALUE]


def decrypt(session, label, encrypted):
    """What an `RSA-OAEP-256` recipient's `encrypted_key` holds: by the token, or by its RSA alone where it has no OAEP of SHA-256."""
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
    try:
        oaep = (Mechanism.SHA256, MGF.SHA256, None)
        return private.decrypt(encrypted, mechanism=Mechanism.RSA_PKCS_OAEP, mechanism_param=oaep)
    except (ArgumentsBad, MechanismInvalid, MechanismParamInvalid):
        return unpad(private.decrypt(encrypted, mechanism=Mechanism.RSA_X_509).rjust(len(encrypted), b"\0"))


def unpad(block):
    """EME-OAEP decoding with SHA-256, MGF1 of the same hash, and no label: RFC 8017 §7.1.2, step 3.

    Its time depends on what the token decrypted: run it where nobody else can measure that.
    """
    size = hashlib.sha256().digest_size
    first, masked_seed, masked = block[0], block[1 : 1 + size], block[1 + size :]
    seed = xor(masked_seed, mask(masked, size))
    data = xor(masked, mask(seed, len(masked)))
    rest = data[size:].lstrip(b"\0")
    right = hmac.compare_digest(data[:size], hashlib.sha256(b"").digest())
    require(first == 0 and right and rest[:1] == b"\1", "what does not decrypt")
    return rest[1:]


def mask(seed, size):
    """MGF1: RFC 8017 appendix B.2.1."""
    blocks = -(-size // hashlib.sha256().digest_size)
    return b"".join(hashlib.sha256(seed + count.to_bytes(4)).digest() for count in range(blocks))[:size]


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other, strict=True))

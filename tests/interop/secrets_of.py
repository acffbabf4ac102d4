"""Prints every secret of a vault and what it encrypted: `secrets_of.py <folder>`.

The folder holds backup.json, objects named *.srm, and sample.json with the passphrase, the objects'
contexts, values by name, what was signed by name and, each with the JWK that opens it, envelopes by name;
and headers that the vault does not keep, by name. What is printed, as JSON of base64 by name, is what must
appear nowhere else; a test looks.
"""

import base64
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from envelope import canonical, decode64, encode64, kid_of, read_json, sha256, unwrap
from objects import split
from vault import address_of, of_type, only, open_factor, read_backup, stretch, unlock

# The order of P-256's group.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def main(folder):
    sample = json.loads((folder / "sample.json").read_text())
    backup = (folder / "backup.json").read_text()
    rows = read_backup(backup)[1]
    vault = unlock(rows, sample["passphrase"])
    secrets = dict(of_vault(vault, [sample["passphrase"], *sample.get("added", [])]))
    statement = only(rows, "statement").text
    for name, token in [("statement", statement), ("seal", read_json(backup)["seal"])]:
        secrets[f"nonce of the {name}"] = signing_nonce(token, vault.identity)
    for path in sorted(folder.glob("*.srm")):
        secrets |= of_object(vault, path, sample["contexts"][path.name])
    for name, token in sample.get("values", {}).items():
        secrets |= of_value(vault, name, token)
    for name, header in sample.get("headers", {}).items():
        secrets |= of_header(vault, name, header)
    for name, token in sample.get("signed", {}).items():
        key = vault.version(read_json(decode64(token.split(".")[0]))["kid"])
        secrets[f"nonce of {name}"] = signing_nonce(token, key)
    for name, (envelope, key) in sample.get("envelopes", {}).items():
        secrets |= of_envelope(name, envelope, key)
    texts = {name: base64.b64encode(secret).decode() for name, secret in secrets.items()}
    json.dump(texts, sys.stdout)


def of_vault(vault, passphrases):
    for at, passphrase in enumerate(passphrases):
        yield f"passphrase {at}" if at else "passphrase", passphrase.encode()
        yield from of_factor(vault, passphrase, at)
    yield "vault key", decode64(vault.key["k"])
    yield "identity", decode64(vault.identity["d"])
    yield "mac key", decode64(vault.open_key(only(vault.rows, "mac"))["k"])
    yield "index key", decode64(vault.open_key(only(vault.rows, "index"))["k"])
    for key in vault.keys:
        for version in key["versions"]:
            if version["state"] == "destroyed":
                continue
            jwk = vault.version(f"{key['id']}.{version['id']}")
            yield f"version of {key['alias']} {version['number']}", decode64(jwk.get("k") or jwk["d"])
    for row in of_type(vault.rows, "object"):
        header = vault.open_json(row).get("header")
        if header:
            yield from of_header(vault, f"kept {row.id}", header).items()
    for row in vault.rows:
        if row.type not in ("factor", "vault-key", "statement"):
            name = f"{row.type} {row.id} {row.version}".strip()
            yield from of_envelope(name, row.text, vault.key).items()


def of_factor(vault, passphrase, at):
    for row in of_type(vault.rows, "factor"):
        factor = open_factor(row, vault.id, passphrase)
        if factor is None:
            continue
        kek = stretch(passphrase, address_of(row, vault.id)["kdf"])
        yield f"factor's kek {at}", kek
        yield f"factor's key {at}", decode64(factor["d"])
        yield from of_envelope(f"factor {at}", row.text, named_oct(row.id, kek)).items()
        yield from of_envelope(f"vault key {at}", only(vault.rows, "vault-key").text, factor).items()


def of_object(vault, path, context):
    header, body = split(path.read_bytes())
    kid = read_json(header)["recipients"][0]["header"]["kid"]
    dek, _ = unwrap(header, kid, vault.version(kid), context)
    secret = decode64(dek["k"])
    segment_key = HKDF(SHA256(), 32, body[1:33], canonical(context)).derive(secret)
    keys = {f"dek of {path.name}": secret, f"segment key of {path.name}": segment_key}
    return keys | of_envelope(path.name, header, vault.version(kid))


def of_header(vault, name, header):
    kid = read_json(header)["recipients"][0]["header"]["kid"]
    dek, _ = unwrap(header, kid, vault.version(kid))
    return {f"dek of {name}": decode64(dek["k"])} | of_envelope(name, header, vault.version(kid))


def of_value(vault, name, token):
    header, wrapped = token.split(".")[:2]
    version = vault.version(read_json(decode64(header))["kid"])
    return {f"cek of {name}": aes_key_unwrap(decode64(version["k"]), decode64(wrapped))}


def of_envelope(name, text, key):
    """The CEK, and what was agreed on to wrap it."""
    entries = read_json(text)["recipients"]
    entry = next(entry for entry in entries if entry["header"]["kid"] == kid_of(key))
    kek, agreed = decode64(key.get("k", "")), {}
    if key["kty"] == "EC":
        kek, agreed = agree(key, entry["header"]["epk"])
    secrets = agreed | {"cek": aes_key_unwrap(kek, decode64(entry["encrypted_key"]))}
    return {f"{what} of {name}": secret for what, secret in secrets.items()}


def agree(key, epk):
    """RFC 7518, section 4.6: the KEK of an agreement, and it by name beside the shared secret."""
    coordinates = [int.from_bytes(decode64(epk[name]), "big") for name in ("x", "y")]
    public = ec.EllipticCurvePublicNumbers(*coordinates, ec.SECP256R1()).public_key()
    private = ec.derive_private_key(int.from_bytes(decode64(key["d"]), "big"), ec.SECP256R1())
    shared = private.exchange(ec.ECDH(), public)
    alg = b"ECDH-ES+A256KW"
    info = len(alg).to_bytes(4, "big") + alg + bytes(8) + (256).to_bytes(4, "big")
    kek = ConcatKDFHash(SHA256(), 32, info).derive(shared)
    return kek, {"shared secret": shared, "kek": kek}


def signing_nonce(token, identity):
    """ECDSA's k, which gives the private scalar away: k = (hash + r d) / s modulo the order."""
    signed, signature = token.rsplit(".", 1)
    r, s = (int.from_bytes(half, "big") for half in halves(decode64(signature)))
    hash = int.from_bytes(decode64(sha256(signed.encode())), "big")
    nonce = (hash + r * int.from_bytes(decode64(identity["d"]), "big")) * pow(s, -1, ORDER) % ORDER
    return nonce.to_bytes(32, "big")


def halves(signature):
    return signature[:32], signature[32:]


def named_oct(kid, secret):
    return {"kty": "oct", "k": encode64(secret), "kid": kid}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

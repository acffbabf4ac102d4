"""Scans an object that a vault encrypted for this job's key at AWS KMS, too. Nothing here is strongroom's code.

    scan.py ARN IDENTITY OBJECT                    an attached object, header and body in one file
    scan.py ARN IDENTITY BODY HEADER SIGNATURE     a detached one, in three

ARN is the job's key: RSA for ENCRYPT_DECRYPT, or on P-256 for KEY_AGREEMENT. IDENTITY is the thumbprint that `vault.identity()` gave, from a
channel that you trust: an object that another signed is refused. EXPECT, if it is set, is the id of the object that it has to be: a store can
give another object of the same vault. CONTEXT, if it is set, is the object's encryption context as JSON. boto3 finds region and credentials
where it always does; AWS_ENDPOINT_URL_KMS is another address.

Prints, as JSON, what is known of the object and what was found. No plaintext is stored. Ends with 1 and one line where it refuses.
"""

import base64
import hashlib
import io
import json
import os
import re
import sys
from pathlib import Path

import boto3
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto import jwe, jwk, jws
from tink import TinkError, cleartext_keyset_handle, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

BLOCK = 262_144
MIB = 1024 * 1024
# Marks what anti-virus programs are tested with, cut so that this file is none.
MARK = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"


class Refused(Exception):
    """An object that is not opened. Its sentence has no word of the object, of a library or of a service."""


def main(arn, identity, file, header=None, signature=None):
    with Path(file).open("rb") as body:
        if header is None:
            header, signature = take_front(body)
        else:
            header, signature = read_file(header, MIB), read_file(signature, 8 * MIB)
        context = json.loads(os.environ.get("CONTEXT", "{}"))
        signed = verified(signature.decode(), identity, header)
        expected = os.environ.get("EXPECT", signed["object"])
        require(signed["object"] == expected, "another object than the expected one")
        dek = data_key(header, arn, context)
        require(signed["object"] == dek.thumbprint(), "a signature of another object")
        found, size = read_body(dek, context, Held(body, signed.get("content")))
    described = json.loads(dek.export()).get("file", {})
    require(described.get("size", size) == size, "another size than the header says")
    covers = "content" if "content" in signed else "header"
    print(json.dumps({"id": signed["object"], "vault": signed["vault"], "covers": covers, "size": size, "found": found}))


def read_body(dek, context, held):
    """What is found in a body that ends where its last segment does."""
    body = io.BufferedReader(held)
    try:
        plain = opened(dek, context, body)
        result = scan(plain)
    except TinkError:
        # Tink has an error of its own for whatever its source raises.
        raise held.refusal or Refused("a segment that was changed, or a body that is cut") from None
    # Tink looks no further than a last segment that is full.
    require(not body.read(1), "a body that does not end with its last segment")
    return result


def scan(plain):
    """Whether the mark is in it, and its size: a part at a time, so nothing is in memory as a whole."""
    found, size, before = False, 0, b""
    while part := plain.read(MIB):
        found = found or MARK in before + part
        size, before = size + len(part), part[-len(MARK) :]
    return found, size


def require(holds, what):
    if not holds:
        raise Refused(what)


def word_of(error):
    """A word for an error. Its message may repeat what it is about: a request with the session's token, or a terminal's commands."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code")
    return code if isinstance(code, str) and re.fullmatch("[A-Za-z]{1,64}", code) else type(error).__name__


# Files: docs/format.md, section 5.


def read_file(path, most):
    with Path(path).open("rb") as file:
        part = file.read(most + 1)
    require(0 < len(part) <= most, "a length that nothing has")
    return part


def take_front(file):
    """Header and signature of an attached object; its body is left in the file."""
    require(file.read(4) == b"SRM\x02", "no attached object that is signed")
    return take(file, MIB), take(file, 8 * MIB)


def take(file, most):
    length = int.from_bytes(file.read(4), "big")
    require(0 < length <= most, "a length that nothing has")
    part = file.read(length)
    require(len(part) == length, "an object that is cut")
    return part


# The signature: who wrote it, for whom, and the body that belongs to it.


def verified(token, identity, header):
    """What the vault of that identity signed of this header."""
    signed = jws.JWS()
    signed.allowed_algs = ["ES256"]
    signed.deserialize(token)
    members = signed.jose_header
    require(set(members) == {"alg", "typ", "jwk"} and members["typ"] == "sr-share+jws", "no signature of an object")
    key = jwk.JWK(**members["jwk"])
    require(key.thumbprint() == identity, "the signature of another identity")
    signed.verify(key)
    payload = json.loads(signed.payload)
    require(payload["header"] == encode64(hashlib.sha256(header).digest()), "a signature of another header")
    named = [recipient["kid"] for recipient in payload["recipients"]]
    require(named == [entry["header"]["kid"] for entry in json.loads(header)["recipients"]], "other recipients than the signed ones")
    return payload


class Held(io.RawIOBase):
    """A body, of which no block is read on before its hash was compared with the signed one."""

    def __init__(self, body, content):
        self.body, self.content, self.block, self.count, self.size = body, content, b"", 0, 0
        self.hashes = decode64(content["segments"]) if content else None
        self.refusal = None

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.block:
            try:
                self.block = self.next_block()
            except Refused as refusal:
                self.refusal = refusal
                raise
        part, self.block = self.block[: len(buffer)], self.block[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def next_block(self):
        block = self.body.read(BLOCK)
        if self.content is None:
            return block
        if block:
            expected = self.hashes[32 * self.count : 32 * self.count + 32]
            require(hashlib.sha256(block).digest() == expected, "another body than the signed one")
        self.count, self.size = self.count + bool(block), self.size + len(block)
        whole = self.size == self.content["size"] and 32 * self.count == len(self.hashes)
        require(block or whole, "a body that is cut")
        return block


# The header: a JWE for several recipients, one of which is the key at AWS KMS.


def data_key(header, arn, context):
    """The object's data key."""
    envelope = json.loads(header)
    entry = next((entry for entry in envelope["recipients"] if entry["header"]["kid"] == arn), None)
    require(entry is not None, "an object that does not name this key")
    protected = json.loads(decode64(envelope["protected"]))
    expected = {"enc": "A256GCM", "cty": "jwk+json", "jkt": protected.get("jkt")}
    if context:
        expected["ctx"] = encode64(hashlib.sha256(canonical(context)).digest())
    require(protected == expected, "another context, or no header of an object")
    key = jwk.JWK(kty="oct", k=encode64(content_key(entry, arn)))
    # The content alone: its key is here.
    token = jwe.JWE(algs=["dir", "A256GCM"])
    members = {name: envelope[name] for name in ("protected", "iv", "ciphertext", "tag")}
    token.deserialize(json.dumps(members | {"header": {"alg": "dir"}}), key)
    dek = jwk.JWK.from_json(token.payload.decode())
    require(dek["kty"] == "oct" and dek.thumbprint() == protected["jkt"], "another key than the header says")
    return dek


def content_key(entry, arn):
    """What AWS KMS opens, by its one request."""
    kms, header, encrypted = boto3.client("kms"), entry["header"], decode64(entry["encrypted_key"])
    if header["alg"] == "RSA-OAEP-256":
        answer = kms.decrypt(KeyId=arn, CiphertextBlob=encrypted, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
        return answered(answer, arn, "Plaintext")
    require(header["alg"] == "ECDH-ES+A256KW", "another algorithm")
    x, y = (int.from_bytes(decode64(header["epk"][name])) for name in ("x", "y"))
    point = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    spki = point.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    answer = kms.derive_shared_secret(KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=spki)
    secret = answered(answer, arn, "SharedSecret")
    # RFC 7518 §4.6.2: the algorithm's name, no parties, 256 bits.
    name = header["alg"].encode()
    info = len(name).to_bytes(4) + name + bytes(8) + (256).to_bytes(4)
    return aes_key_unwrap(ConcatKDFHash(SHA256(), 32, info).derive(secret), encrypted)


def answered(answer, arn, member):
    """The 32 bytes of an answer, which counts if it names the key that was asked for."""
    secret = answer.get(member, b"")
    require(answer.get("KeyId") == arn and len(secret) == 32, "an answer of another key, or of another length")
    return secret


# The body: Google Tink's.


def opened(dek, context, body):
    """The plaintext, as a stream. Each segment is authenticated before it is read, and the last one as the last."""
    streaming_aead.register()
    key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(key_value=decode64(dek["k"]))
    key.params.ciphertext_segment_size, key.params.derived_key_size = BLOCK, 32
    key.params.hkdf_hash_type = common_pb2.SHA256
    keyset = tink_pb2.Keyset(primary_key_id=1)
    entry = keyset.key.add(status=tink_pb2.ENABLED, key_id=1, output_prefix_type=tink_pb2.RAW)
    entry.key_data.type_url = "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey"
    entry.key_data.key_material_type = tink_pb2.KeyData.SYMMETRIC
    entry.key_data.value = key.SerializeToString()
    primitive = cleartext_keyset_handle.from_keyset(keyset).primitive(streaming_aead.StreamingAead)
    return primitive.new_decrypting_stream(body, canonical(context))


def canonical(context):
    """RFC 8785, for an object of strings."""
    ordered = {name: context[name] for name in sorted(context, key=lambda name: name.encode("utf-16-be"))}
    return json.dumps(ordered, separators=(",", ":"), ensure_ascii=False).encode() if context else b""


def encode64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


try:
    require(len(sys.argv) in (4, 6), "give ARN, IDENTITY and OBJECT, or ARN, IDENTITY, BODY, HEADER and SIGNATURE")
    main(*sys.argv[1:])
except Refused as refused:
    sys.exit(f"refused: {refused}")
except Exception as error:
    sys.exit(f"refused: {word_of(error)}")

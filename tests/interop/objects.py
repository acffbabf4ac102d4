"""Objects: docs/format.md, section 5. Google Tink does the bodies."""

import hashlib
import io

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tink import cleartext_keyset_handle, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

from envelope import (
    MIB,
    canonical,
    decode64,
    encode64,
    new_oct,
    read_json,
    require,
    sign,
    thumbprint,
    unwrap,
    verify,
    wrap,
    write_json,
)

MAGIC = b"SRM\x01"
SIGNED = b"SRM\x02"
# Bytes of a signature, at most.
MOST_SIGNED = 8 * MIB
# Bytes of what is hashed of a body at a time.
BLOCK = 262_144
TYPE_URL = "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey"

streaming_aead.register()


# Bytes of what a writer says of an object beyond its file.
MOST_CUSTOM = 4096

def body_cipher(dek):
    """Tink's AES-GCM-HKDF streaming AEAD under one data key."""
    key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, key_value=decode64(dek["k"]))
    key.params.ciphertext_segment_size = 262_144
    key.params.derived_key_size = 32
    key.params.hkdf_hash_type = common_pb2.SHA256
    keyset = tink_pb2.Keyset(primary_key_id=1)
    entry = keyset.key.add(
        status=tink_pb2.ENABLED, key_id=1, output_prefix_type=tink_pb2.RAW
    )
    entry.key_data.type_url = TYPE_URL
    entry.key_data.value = key.SerializeToString()
    entry.key_data.key_material_type = tink_pb2.KeyData.SYMMETRIC
    handle = cleartext_keyset_handle.from_keyset(keyset)
    return handle.primitive(streaming_aead.StreamingAead)


def split(attached):
    """Header and body of an attached object."""
    require(attached[:4] == MAGIC, "no attached object")
    length = int.from_bytes(attached[4:8], "big")
    require(length <= MIB, "a header over 1 MiB")
    return attached[8 : 8 + length].decode(), attached[8 + length :]


def split_signed(attached):
    """Header, signature and body of an attached object that is for others too."""
    require(attached[:4] == SIGNED, "no signed object")
    length = int.from_bytes(attached[4:8], "big")
    require(length <= MIB, "a header over 1 MiB")
    header, rest = attached[8 : 8 + length], attached[8 + length :]
    length = int.from_bytes(rest[:4], "big")
    require(0 < length <= MOST_SIGNED and len(rest) >= 4 + length, "a signature of another length")
    return header.decode(), rest[4 : 4 + length].decode(), rest[4 + length :]


def join_signed(header, signature, body):
    header, signature = header.encode(), signature.encode()
    sizes = [len(part).to_bytes(4, "big") for part in (header, signature)]
    return SIGNED + sizes[0] + header + sizes[1] + signature + body


def blocks(body):
    """What a signature says of a body."""
    hashes = [hashlib.sha256(body[at : at + BLOCK]).digest() for at in range(0, len(body), BLOCK)]
    return {"size": len(body), "segments": encode64(b"".join(hashes))}


def verify_object(signature, header, body, identity, vault):
    """What an identity has signed of an object: the payload."""
    require(len(signature) <= MOST_SIGNED, "a signature over 8 MiB")
    said, signer = verify(signature, "sr-share+jws")
    require(signer == identity, "a signature by another identity")
    require(set(said) - {"content"} == {"vault", "sequence", "object", "header", "recipients"}, "other members")
    require(said["vault"] == vault, "another vault's signature")
    envelope = read_json(header)
    protected = read_json(decode64(envelope["protected"]))
    require(said["object"] == protected["jkt"], "another object's signature")
    require(said["header"] == encode64(hashlib.sha256(header.encode()).digest()), "another header's signature")
    named = [recipient["kid"] for recipient in said["recipients"]]
    require(named == [entry["header"]["kid"] for entry in envelope["recipients"]], "other recipients")
    others = said["recipients"][1:]
    require(len(others) >= 1 and set(said["recipients"][0]) == {"kid"}, "a signature for nobody else")
    require(all(set(other) == {"kid", "jkt"} for other in others), "a recipient without its key")
    require("content" not in said or said["content"] == blocks(body), "another body than the signed one")
    return said


def sign_object(header, body, others, vault, identity, sequence, covers="content"):
    """The signature of an object for others too: `others` are their public JWKs, in the header's order."""
    envelope = read_json(header)
    kids = [entry["header"]["kid"] for entry in envelope["recipients"]]
    require(kids[1:] == [other["kid"] for other in others], "other recipients")
    named = [{"kid": other["kid"], "jkt": thumbprint(other)} for other in others]
    payload = {
        "vault": vault,
        "sequence": sequence,
        "object": read_json(decode64(envelope["protected"]))["jkt"],
        "header": encode64(hashlib.sha256(header.encode()).digest()),
        "recipients": [{"kid": kids[0]}, *named],
    }
    if covers == "content":
        payload["content"] = blocks(body)
    return sign(payload, "sr-share+jws", identity)


def join(header, body):
    text = header.encode()
    return MAGIC + len(text).to_bytes(4, "big") + text + body


def of_sidecar(context, sidecar):
    """The context of a sidecar: `{ parent, name }`."""
    if sidecar is None:
        return context
    ours = {"strongroom:parent": sidecar["parent"], "strongroom:sidecar": sidecar["name"]}
    return (context or {}) | ours


def of_shared(key):
    """What stands for a version's key in a header that is for others too."""
    label = b"strongroom shared header kek"
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(decode64(key["k"]))
    return key | {"k": encode64(derived)}


def open_object(header, body, kid, key, context=None, sidecar=None, agreed=False):
    """Id, metadata and plaintext. `agreed`: the key is one that an agreement gave, and no version."""
    context = of_sidecar(context, sidecar)
    if not agreed and key["kty"] == "oct" and len(read_json(header)["recipients"]) > 1:
        key = of_shared(key)
    dek, _ = unwrap(header, kid, key, context)
    require(dek.get("sidecar") == sidecar, "another sidecar")
    require(dek["kty"] == "oct" and not {"alg", "use", "key_ops"} & set(dek), "no data key")
    with body_cipher(dek).new_decrypting_stream(io.BytesIO(body), canonical(context)) as stream:
        plain = stream.read()
    metadata = dek.get("file", {})
    require(metadata.get("size", len(plain)) == len(plain), "another size than the header says")
    if "custom" in metadata:
        require(len(metadata["custom"].encode()) <= MOST_CUSTOM, "too much that the writer says")
        metadata = metadata | {"custom": read_json(metadata["custom"])}
    return thumbprint(dek), metadata, plain


def write_object(plain, kid, key, context=None, metadata=None, sidecar=None, others=()):
    """Id, header and body. `others` are public JWKs, each with its kid."""
    context = of_sidecar(context, sidecar)
    dek = new_oct()
    if metadata and "custom" in metadata:
        metadata = metadata | {"custom": write_json(metadata["custom"])}
    members = {"file": metadata, "sidecar": sidecar, "recipients": list(others)}
    described = dek | {name: member for name, member in members.items() if member}
    own = of_shared(key) if others else key
    header = wrap(described, [(kid, own), *((other["kid"], other) for other in others)], context)
    body = _Kept()
    with body_cipher(dek).new_encrypting_stream(body, canonical(context)) as stream:
        stream.write(plain)
    return thumbprint(dek), header, body.getvalue()


class _Kept(io.BytesIO):
    """Tink closes what it writes to."""

    def close(self):
        pass

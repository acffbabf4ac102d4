"""Objects: docs/format.md, section 5. Google Tink does the bodies."""

import io

from tink import cleartext_keyset_handle, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

from envelope import (
    MIB,
    canonical,
    decode64,
    new_oct,
    read_json,
    require,
    thumbprint,
    unwrap,
    wrap,
    write_json,
)

MAGIC = b"SRM\x01"
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


def join(header, body):
    text = header.encode()
    return MAGIC + len(text).to_bytes(4, "big") + text + body


def of_sidecar(context, sidecar):
    """The context of a sidecar: `{ parent, name }`."""
    if sidecar is None:
        return context
    ours = {"strongroom:parent": sidecar["parent"], "strongroom:sidecar": sidecar["name"]}
    return (context or {}) | ours


def open_object(header, body, kid, key, context=None, sidecar=None):
    """Id, metadata and plaintext."""
    context = of_sidecar(context, sidecar)
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


def write_object(plain, kid, key, context=None, metadata=None, sidecar=None):
    """Id, header and body."""
    context = of_sidecar(context, sidecar)
    dek = new_oct()
    if metadata and "custom" in metadata:
        metadata = metadata | {"custom": write_json(metadata["custom"])}
    members = {"file": metadata, "sidecar": sidecar}
    described = dek | {name: member for name, member in members.items() if member}
    header = wrap(described, [(kid, key)], context)
    body = _Kept()
    with body_cipher(dek).new_encrypting_stream(body, canonical(context)) as stream:
        stream.write(plain)
    return thumbprint(dek), header, body.getvalue()


class _Kept(io.BytesIO):
    """Tink closes what it writes to."""

    def close(self):
        pass

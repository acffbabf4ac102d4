"""Writes a vault, five objects, a value and a signature for a browser to open: `write_sample.py <folder>`.

The folder is laid out as tests/vectors/README.md says.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

from envelope import kid_of, new_pair, public, sign_named, write_value
from genesis import NewVault
from objects import join, join_signed, sign_object, write_object

PASSPHRASE = "Zoë's häuschen 🗝 from Python"
# A name outside the basic plane sorts before U+FB33, by its first UTF-16 unit.
CONTEXT = {"object": "a\nb\u007f", "\ufb33": "1", "\U0001f600": "2"}
TEXT = "Grüße aus Python"
SIGNED = "Zoë owes Bob 5 €"
VALUE = {"card": "4111", "list": [1, 2.5, None, "é🗝"]}


def main(folder):
    now = time.time_ns() // 1_000_000
    vault = NewVault(PASSPHRASE, now)
    kid, version = vault.add_named_key("photos")
    signer = vault.add_named_key("orders", "sign")
    metadata = {"name": "grüße.txt", "type": "text/plain", "modified": now}
    metadata["custom"] = {"pages": 3, "ratio": 1.5, "tags": ["ä", None]}
    attached = sealed(kid, version, TEXT.encode(), {"object": "grüße.txt"}, metadata)
    # Two segments, the second of them small.
    detached = sealed(kid, version, bytes(range(256)) * 1024, CONTEXT, None)
    kept = sealed(kid, version, TEXT.encode(), None, None)
    vault.keep(kept["expected"]["id"], kept["header"], kid)
    beside = {"parent": attached["expected"]["id"], "name": "thumbnail"}
    sidecar = sealed(kid, version, b"small", {"object": "grüße.txt"}, None, beside)
    vault.track_sidecar(sidecar["expected"]["id"], kid, beside)
    friend = new_pair()
    others = [public(friend) | {"kid": kid_of(friend)}]
    shared = sealed(kid, version, bytes(range(255)) * 1100, {"object": "shared"}, metadata, None, others)
    signature = sign_object(shared["header"], shared["body"], others, vault.id, vault.identity, now)
    vault.finish()

    (folder / "backup.json").write_text(vault.backup("from Python"))
    (folder / "attached.srm").write_bytes(join(attached["header"], attached["body"]))
    (folder / "detached.json").write_text(detached["header"])
    (folder / "detached.body").write_bytes(detached["body"])
    (folder / "kept.body").write_bytes(kept["body"])
    (folder / "shared.srm").write_bytes(join_signed(shared["header"], signature, shared["body"]))
    (folder / "sidecar.srm").write_bytes(join(sidecar["header"], sidecar["body"]))
    value = write_value(VALUE, kid, version, {"row": "1"})
    (folder / "value.jwe").write_text(value)
    (folder / "signed.jws").write_text(sign_named(SIGNED, *signer, "order+jws"))
    sample = {
        "passphrase": PASSPHRASE,
        "name": "from Python",
        "vault": vault.id,
        "keys": ["orders", "photos"],
        # Only a test says this: what other libraries open values and headers with.
        "version": version,
        "attached": attached["expected"],
        "detached": detached["expected"],
        "kept": kept["expected"],
        "sidecar": sidecar["expected"] | {"sidecar": beside},
        # Only a test says this: what the other recipient opens the object with.
        "shared": shared["expected"] | {"friend": friend},
        "value": {"context": {"row": "1"}, "json": VALUE},
        "signed": {"key": "orders", "typ": "order+jws", "payload": SIGNED},
    }
    (folder / "sample.json").write_text(json.dumps(sample, indent=2, ensure_ascii=False) + "\n")


def sealed(kid, version, plain, context, metadata, sidecar=None, others=()):
    described = metadata and metadata | {"size": len(plain)}
    id, header, body = write_object(plain, kid, version, context, described, sidecar, others)
    expected = {
        "context": context,
        "id": id,
        "metadata": described or {},
        "sha256": hashlib.sha256(plain).hexdigest(),
    }
    return {"header": header, "body": body, "expected": expected}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

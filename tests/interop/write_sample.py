"""Writes a vault, two objects and a value for a browser to open: `write_sample.py <folder>`.

The folder is laid out as tests/vectors/README.md says.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

from envelope import write_value
from genesis import NewVault
from objects import join, write_object

PASSPHRASE = "Zoë's häuschen 🗝 from Python"
# A name outside the basic plane sorts before U+FB33, by its first UTF-16 unit.
CONTEXT = {"object": "a\nb\u007f", "\ufb33": "1", "\U0001f600": "2"}
TEXT = "Grüße aus Python"
VALUE = {"card": "4111", "list": [1, 2.5, None, "é🗝"]}


def main(folder):
    now = time.time_ns() // 1_000_000
    vault = NewVault(PASSPHRASE, "photos", now)
    metadata = {"name": "grüße.txt", "type": "text/plain", "modified": now}
    attached = sealed(vault, TEXT.encode(), {"object": "grüße.txt"}, metadata)
    # Two segments, the second of them small.
    detached = sealed(vault, bytes(range(256)) * 1024, CONTEXT, None)

    (folder / "backup.json").write_text(vault.backup("from Python"))
    (folder / "attached.srm").write_bytes(join(attached["header"], attached["body"]))
    (folder / "detached.json").write_text(detached["header"])
    (folder / "detached.body").write_bytes(detached["body"])
    value = write_value(VALUE, vault.kid, vault.version, {"row": "1"})
    (folder / "value.jwe").write_text(value)
    sample = {
        "passphrase": PASSPHRASE,
        "name": "from Python",
        "vault": vault.id,
        "keys": ["photos"],
        # Only a test says this: what other libraries open values and headers with.
        "version": vault.version,
        "attached": attached["expected"],
        "detached": detached["expected"],
        "value": {"context": {"row": "1"}, "json": VALUE},
    }
    (folder / "sample.json").write_text(json.dumps(sample, indent=2, ensure_ascii=False) + "\n")


def sealed(vault, plain, context, metadata):
    described = metadata and metadata | {"size": len(plain)}
    id, header, body = write_object(plain, vault.kid, vault.version, context, described)
    expected = {
        "context": context,
        "id": id,
        "metadata": described or {},
        "sha256": hashlib.sha256(plain).hexdigest(),
    }
    return {"header": header, "body": body, "expected": expected}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

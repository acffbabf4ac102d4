"""Opens what a browser wrote, with nothing but the passphrase: `open_sample.py <folder>`.

The folder is laid out as tests/vectors/README.md says. Prints what was found, as JSON.
"""

import hashlib
import json
import sys
from pathlib import Path

from envelope import open_value, read_json
from objects import open_object, split
from vault import read_backup, unlock


def main(folder):
    sample = json.loads((folder / "sample.json").read_text())
    name, rows = read_backup((folder / "backup.json").read_text())
    vault = unlock(rows, sample["passphrase"])

    attached = split((folder / "attached.srm").read_bytes())
    detached = (folder / "detached.json").read_text(), (folder / "detached.body").read_bytes()
    found = {
        "name": name,
        "vault": vault.id,
        "keys": sorted(key["alias"] for key in vault.keys),
        "attached": told(vault, *attached, sample["attached"]["context"]),
        "detached": told(vault, *detached, sample["detached"]["context"]),
        "value": open_value(
            (folder / "value.jwe").read_text(), vault.version, sample["value"]["context"]
        ),
    }
    json.dump(found, sys.stdout)


def told(vault, header, body, context):
    kids = [entry["header"]["kid"] for entry in read_json(header)["recipients"]]
    id, metadata, plain = open_object(header, body, kids[0], vault.version(kids[0]), context)
    return {"id": id, "metadata": metadata, "sha256": hashlib.sha256(plain).hexdigest()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

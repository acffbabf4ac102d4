"""Opens what a browser wrote, with nothing but the passphrase: `open_sample.py <folder>`.

The folder is laid out as tests/vectors/README.md says. Prints what was found, as JSON.
"""

import hashlib
import json
import sys
from pathlib import Path

from envelope import open_value, read_json, require, thumbprint, verify_named
from objects import open_object, split, split_signed, verify_object
from vault import read_backup, unlock
from writers_duties import check_duties


def main(folder):
    sample = json.loads((folder / "sample.json").read_text())
    name, rows = read_backup((folder / "backup.json").read_text())
    vault = unlock(rows, sample["passphrase"])
    check_duties(vault)

    attached = split((folder / "attached.srm").read_bytes())
    found = {
        "name": name,
        "vault": vault.id,
        "keys": sorted(key["alias"] for key in vault.keys),
        "attached": told(vault, *attached, sample["attached"]["context"]),
        "value": open_value(
            (folder / "value.jwe").read_text(), vault.version, sample["value"]["context"]
        ),
    }
    # The sample of the first release has less in it.
    if "detached" in sample:
        header, body = (folder / "detached.json").read_text(), (folder / "detached.body").read_bytes()
        found["detached"] = told(vault, header, body, sample["detached"]["context"])
    if "kept" in sample:
        kept = next(one for one in vault.objects if one["id"] == sample["kept"]["id"])
        body = (folder / "kept.body").read_bytes()
        found["kept"] = told(vault, kept["header"], body, sample["kept"]["context"])
        found["signed"] = verified(vault, (folder / "signed.jws").read_text())
    if "sidecar" in sample:
        context, sidecar = sample["sidecar"]["context"], sample["sidecar"]["sidecar"]
        found["sidecar"] = told(vault, *split((folder / "sidecar.srm").read_bytes()), context, sidecar)
        require(any(one.get("sidecar") == sidecar for one in vault.objects), "no such sidecar")
    if "shared" in sample:
        header, signature, body = split_signed((folder / "shared.srm").read_bytes())
        said = verify_object(signature, header, body, thumbprint(vault.identity), vault.id)
        require("content" in said, "a signature of the header alone")
        found["shared"] = told(vault, header, body, sample["shared"]["context"])
    json.dump(found, sys.stdout)


def verified(vault, token):
    payload, kid, typ = verify_named(token, vault.version)
    alias = next(key["alias"] for key in vault.keys if key["id"] == kid.split(".")[0])
    return {"key": alias, "typ": typ, "payload": payload.decode()}


def told(vault, header, body, context, sidecar=None):
    kids = [entry["header"]["kid"] for entry in read_json(header)["recipients"]]
    version = vault.version(kids[0])
    id, metadata, plain = open_object(header, body, kids[0], version, context, sidecar)
    return {"id": id, "metadata": metadata, "sha256": hashlib.sha256(plain).hexdigest()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

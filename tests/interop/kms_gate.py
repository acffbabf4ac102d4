"""Opens a vault that asks a key management service beside a passphrase: `kms_gate.py <folder>`.

`gate.json` has the service's private JWK, `passphrase.json` the passphrase, `backup.json` the vault. Prints, as JSON, which factors open it together, and
why each alone does not.
"""

import json
import sys
from pathlib import Path

from envelope import Refused
from held import record_of
from vault import Vault, address_of, of_type, only, open_by, read_backup, stretch


def main(folder):
    private = json.loads((folder / "gate.json").read_text())
    passphrase = json.loads((folder / "passphrase.json").read_text())
    _, rows = read_backup((folder / "backup.json").read_text())
    row, gate = record_of(rows, "kms", private)
    vault = only(rows, "statement").id
    typed = next(one for one in of_type(rows, "factor") if "kdf" in address_of(one, vault))
    person = open_by(typed, stretch(passphrase, address_of(typed, vault)["kdf"]))
    alone = {"kms": refusal(rows, gate), "passphrase": refusal(rows, person)}
    print(json.dumps({"vault": Vault(rows, person, None, gate).id, "factors": [row.id, typed.id], "alone": alone}))


def refusal(rows, factor):
    try:
        Vault(rows, factor)
    except Refused as refused:
        return str(refused)
    return None


main(Path(sys.argv[1]))

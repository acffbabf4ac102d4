"""Opens a vault by an organisation's private key: `escrow.py <folder>`.

`escrow.json` has the private JWK, `backup.json` the vault. Prints, as JSON, what it opens.
"""

import json
import sys
from pathlib import Path

from envelope import decode64, require, require_members, thumbprint, unwrap
from vault import Vault, address_of, of_type, only, open_by, read_backup


def main(folder):
    private = json.loads((folder / "escrow.json").read_text())
    _, rows = read_backup((folder / "backup.json").read_text())
    row, kek = escrowed(rows, private)
    factor = open_by(row, kek)
    require(factor is not None, "a record that does not open")
    print(json.dumps({"vault": Vault(rows, factor).id, "factor": row.id, "recipient": thumbprint(private)}))


def escrowed(rows, private):
    """The record that the key opens, and its KEK."""
    vault, own = only(rows, "statement").id, thumbprint(private)
    for row in of_type(rows, "factor"):
        escrow = address_of(row, vault).get("escrow")
        if escrow is not None and escrow["recipient"] == own:
            require_members({"kid": own} | escrow, "recipient", "kid", "kek")
            inside, sole = unwrap(escrow["kek"], own, private)
            require(sole, "a KEK for others too")
            require_members(inside, "kty", "k")
            return row, decode64(inside["k"])
    require(False, "no record of this key")


main(Path(sys.argv[1]))

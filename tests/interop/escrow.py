"""Opens a vault by an organisation's private key: `escrow.py <folder>`.

`escrow.json` has the private JWK, `backup.json` the vault. Prints, as JSON, what it opens.
"""

import json
import sys
from pathlib import Path

from envelope import thumbprint
from held import record_of
from vault import Vault, read_backup


def main(folder):
    private = json.loads((folder / "escrow.json").read_text())
    _, rows = read_backup((folder / "backup.json").read_text())
    row, factor = record_of(rows, "escrow", private)
    print(json.dumps({"vault": Vault(rows, factor).id, "factor": row.id, "recipient": thumbprint(private)}))


main(Path(sys.argv[1]))

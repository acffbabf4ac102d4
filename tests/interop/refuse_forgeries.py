"""Says for each backup in a folder's `forgeries.json` whether it was refused, as JSON."""

import json
import sys
from pathlib import Path

from envelope import Refused
from forge_samples import PASSPHRASE
from vault import read_backup, unlock


def refused(backup):
    try:
        unlock(read_backup(backup)[1], PASSPHRASE)
    except Refused as refusal:
        return str(refusal)
    return None


if __name__ == "__main__":
    backups = json.loads((Path(sys.argv[1]) / "forgeries.json").read_text())
    json.dump({name: refused(backup) for name, backup in backups.items()}, sys.stdout)

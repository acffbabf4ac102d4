"""Says for each backup in a folder's `forgeries.json` or `odd.json` whether it was refused, as JSON."""

import json
import sys
from pathlib import Path

import forge_samples
import odd_backups
from envelope import Refused
from vault import read_backup, unlock

PASSPHRASES = {"forgeries.json": forge_samples.PASSPHRASE, "odd.json": odd_backups.PASSPHRASE}


def refused(backup, passphrase):
    try:
        unlock(read_backup(backup)[1], passphrase)
    except Refused as refusal:
        return str(refusal)
    return None


def main(folder):
    told = {}
    for file, passphrase in PASSPHRASES.items():
        if (folder / file).exists():
            backups = json.loads((folder / file).read_text())
            told |= {name: refused(backup, passphrase) for name, backup in backups.items()}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Opens a vault by recovery shares, which the reference implementation of SLIP-39 combines: `recovery_shares.py <folder>`.

`shares.json` has the words of some shares, `backup.json` the vault. Prints, as JSON, what they open, and other shares of the
same secret, as other programs may make them.
"""

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from shamir_mnemonic import combine_mnemonics, generate_mnemonics

from envelope import decode64, require, require_members
from vault import Vault, address_of, of_type, only, open_by, read_backup

# Groups of the sets that are made: how many it takes, and how many there are.
OTHERS = {
    "one group": (1, [(3, 4)], {"extendable": True, "iteration_exponent": 1}),
    "not extendable": (1, [(2, 2)], {"extendable": False, "iteration_exponent": 0}),
    "two of three groups": (2, [(2, 3), (1, 1), (3, 5)], {"extendable": True, "iteration_exponent": 0}),
}


def main(folder):
    mnemonics = json.loads((folder / "shares.json").read_text())
    secret = combine_mnemonics(mnemonics, b"")
    require(len(secret) == 32, "a secret of another length")
    _, rows = read_backup((folder / "backup.json").read_text())
    row, shares = own_record(rows, derived(secret, b"strongroom recovery shares id")[:16])
    factor = open_by(row, derived(secret, b"strongroom recovery shares kek"))
    require(factor is not None, "a record that does not open")
    others = {}
    for name, (threshold, groups, how) in OTHERS.items():
        made = generate_mnemonics(threshold, groups, secret, b"", **how)
        enough = [group[:needed] for group, (needed, _) in zip(made, groups)][-threshold:]
        others[name] = [words for group in enough for words in group]
    opened = {"vault": Vault(rows, factor).id, "factor": row.id, "shares": shares}
    print(json.dumps(opened | {"others": others}))


def own_record(rows, id):
    """The record of that set, and how many shares it says that there are."""
    vault = only(rows, "statement").id
    for row in of_type(rows, "factor"):
        shares = address_of(row, vault).get("shares")
        if shares is not None and decode64(shares["id"]) == id:
            require_members(shares, "id", "identifier", "threshold", "shares")
            return row, {name: shares[name] for name in ("threshold", "shares")}
    require(False, "no record of these shares")


def derived(secret, label):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(secret)


main(Path(sys.argv[1]))

"""Opens a vault whose identity was superseded, twice: `follow_successions.py <folder>`.

`backup.json` is of the vault, `known.json` has the passphrase of a factor that knows the first identity (`earlier`), that of one
that knows the last (`present`), and all three identities. Prints as JSON what was refused, and which changed successions were not.
"""

import json
import sys
from pathlib import Path

from envelope import Refused, sign
from successions import leads
from vault import Vault, of_type, only, open_factor, read_backup


def factor_of(rows, passphrase):
    vault = only(rows, "statement").id
    opened = (open_factor(row, vault, passphrase) for row in of_type(rows, "factor"))
    return next(factor for factor in opened if factor is not None)


def refusal(rows, factor, identity=None):
    try:
        Vault(rows, factor, identity)
    except Refused as refused:
        return str(refused)
    return None


def changed(text):
    """A bit of each byte turned, all of the last, and each end cut off."""
    data = text.encode()
    for at in range(len(data)):
        for bit in range(8) if at == len(data) - 1 else [at % 8]:
            turned = bytes([data[at] ^ 1 << bit])
            yield f"bit {bit} of byte {at}", (data[:at] + turned + data[at + 1 :]).decode("latin-1")
        yield f"cut at {at}", text[:at]


def forgeries(rows, middle):
    """Lists of records in which the last of two successions is another one."""
    last = next(row for row in of_type(rows, "succession") if row.id == middle)
    others = [row for row in rows if row != last]
    for name, text in changed(last.text):
        yield name, [*others, last._replace(text=text)]
    first = next(row for row in of_type(others, "succession"))
    yield "the other one's", [*others, last._replace(text=first.text)]
    yield "another version", [*others, last._replace(version="x")]
    yield "none", others
    yield "twice", [*rows, last]


def main(folder):
    known = json.loads((folder / "known.json").read_text())
    first, middle, last = known["identities"]
    _, rows = read_backup((folder / "backup.json").read_text())
    earlier = factor_of(rows, known["earlier"])
    vault = Vault(rows, earlier, last)
    follows = lambda rows, generation=1: leads(rows, vault.id, first, generation, last)
    told = {
        "present": refusal(rows, factor_of(rows, known["present"])),
        "earlier, with the last identity": refusal(rows, earlier, last),
        "earlier": refusal(rows, earlier),
        "earlier, with the first identity": refusal(rows, earlier, first),
        "earlier, with the second identity": refusal(rows, earlier, middle),
        "earlier, with an identity of none": refusal(rows, earlier, "A" * 43),
        "follows": follows(rows),
        "leads back": leads(rows, vault.id, last, 1, first),
        "of another vault": leads(rows, "A" * 22, first, 1, last),
        "of a later generation": follows(rows, 2),
        "followed": [name for name, forged in forgeries(rows, middle) if follows(forged)],
    }
    forged = {"vault": vault.id, "from": middle, "to": last, "generation": 3}
    text = sign(forged, "sr-identity+jws", vault.identity)
    others = [row for row in rows if (row.type, row.id) != ("succession", middle)]
    row = next(row for row in rows if (row.type, row.id) == ("succession", middle))
    told["signed by the one that comes"] = follows([*others, row._replace(text=text)])
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

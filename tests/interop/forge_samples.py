"""Writes backups that are sealed as they should be, and wrong inside: `forge_samples.py <folder>`.

`forgeries.json` has them by name. What a reader must refuse is in them: the page's rules, each broken
once by somebody who has the passphrase and everything else.
"""

import json
import os
import sys
from pathlib import Path

from envelope import encode64, new_oct, new_pair, thumbprint
from genesis import NewVault
from vault import Row, of_type

PASSPHRASE = "forged"


class Cheap(NewVault):
    COST = {"m": 19 * 1024, "t": 2, "p": 1}


class AnotherIdentity(Cheap):
    def pin(self):
        return super().pin() | {"identity": thumbprint(new_pair())}


class AnotherVault(Cheap):
    def pin(self):
        return super().pin() | {"vault": encode64(os.urandom(16))}


class OlderThanThePin(Cheap):
    def pin(self):
        return super().pin() | {"generation": 2}


class AnotherVaultKey(Cheap):
    def statement(self, factor, vault_key):
        return super().statement(factor, vault_key) | {"envelope": encode64(bytes(32))}


class NoFactor(Cheap):
    def statement(self, factor, vault_key):
        return super().statement(factor, vault_key) | {"factors": []}


class SeveralFactors(Cheap):
    def statement(self, factor, vault_key):
        return super().statement(factor, vault_key) | {"requires": 2}


class TooCostly(Cheap):
    def announced(self, kdf):
        return kdf | {"m": 2**21}


class Misplaced(Cheap):
    def _address(self, type, id, version=""):
        moved = {"revision": 2} if type == "key" else {}
        return super()._address(type, id, version) | moved


def without(vault, type):
    vault.rows = [row for row in vault.rows if row.type != type]


def added(vault):
    """A version that the head does not know, under the vault key."""
    known = of_type(vault.rows, "version")[0]
    stray = encode64(os.urandom(16))
    jwk = new_oct() | {"alg": "A256KW"}
    vault._add_key("version", known.id, jwk | {"kid": f"{known.id}.{stray}"}, stray)


def twice(vault):
    vault.rows.append(Row(*of_type(vault.rows, "key")[0]))


def main(folder):
    def forged(kind=Cheap, change=lambda vault: None):
        vault = kind(PASSPHRASE, 0)
        vault.add_named_key("photos")
        vault.finish()
        change(vault)
        return vault.backup("forged")

    backups = {
        "nothing": forged(),
        "another identity than the factor remembers": forged(AnotherIdentity),
        "another vault than the factor remembers": forged(AnotherVault),
        "a statement older than the factor remembers": forged(OlderThanThePin),
        "a vault key that the statement does not name": forged(AnotherVaultKey),
        "a factor that the statement does not name": forged(NoFactor),
        "a vault that takes several factors": forged(SeveralFactors),
        "a derivation out of bounds": forged(TooCostly),
        "a record that is missing": forged(change=lambda vault: without(vault, "version")),
        "a record that was added": forged(change=added),
        "a record that stands twice": forged(change=twice),
        "a record in another place": forged(Misplaced),
    }
    (folder / "forgeries.json").write_text(json.dumps(backups))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

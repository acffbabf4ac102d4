"""What opens a vault that takes two factors at once, and the secrets of factors that are no passphrase.

See docs/format.md, section 8.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from envelope import require

PAIRS = (("passphrase", "passkey"), ("kms", "passphrase"), ("kms", "passkey"))
# What people keep of it on paper.
PAPER = ("recovery-kit", "recovery-shares")
# What opens such a vault without another factor.
ALONE = (*PAPER, "escrow")


def check_openers(statement):
    """The ways in are those that the factors make, and none besides."""
    kinds = {entry["kind"] for entry in statement["factors"]}
    alone = [[kind] for kind in ALONE if kind in kinds]
    pair = pair_of(statement)
    require(kinds >= set(pair) and kinds & set(PAPER), "a vault that lacks a way in")
    require(kinds <= {*pair, *ALONE}, "a factor that is no way in")
    require(statement["openers"] == [list(pair), *alone], "other openers than the factors")
    envelopes = statement["envelopes"]
    require(len(envelopes) == 2 and envelopes[0] == statement["envelope"], "other envelopes")


def pair_of(statement):
    """The two kinds that open it together: of the outer envelope, and of the inner one."""
    pair = tuple(statement["openers"][0])
    require(pair in PAIRS, "other openers than the factors")
    return pair


def is_at(statement, level, kind):
    """Whether an envelope of the vault key is to factors of a kind: one of two, or the only one."""
    if level is None:
        return kind != "kms"
    return kind in ALONE or kind == pair_of(statement)[("outer", "inner").index(level)]


def derived(secret, label):
    """32 bytes of a factor's secret, for one use: `recovery kit kek`, say."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"strongroom {label}".encode()).derive(secret)

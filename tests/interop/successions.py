"""Which identity of a vault took the place of which: docs/format.md, section 8."""

from envelope import require, require_members, verify

# As many as a vault keeps.
MOST = 32


def leads(rows, vault, known, generation, to):
    """Whether identities of a vault, each signed by the one before, lead from one that was known at a generation to another."""
    for _ in range(MOST):
        found = [row for row in rows if (row.type, row.id, row.version) == ("succession", known, "")]
        if len(found) != 1:
            return False
        try:
            succession = read_succession(found[0])
        except Exception:  # jwcrypto's own, of several kinds
            return False
        if succession["vault"] != vault or succession["generation"] <= generation:
            return False
        if succession["to"] == to:
            return True
        known, generation = succession["to"], succession["generation"]
    return False


def read_succession(row):
    """Signed by the identity that goes, under whose thumbprint it is found."""
    succession, signer = verify(row.text, "sr-identity+jws")
    require_members(succession, "vault", "from", "to", "generation")
    require(signer == succession["from"] == row.id, "a succession by another identity")
    require(type(succession["generation"]) is int, "a generation that is no number")
    return succession

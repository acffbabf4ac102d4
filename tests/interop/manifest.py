"""The manifest of a large vault: docs/format.md, section 8."""

import hmac

from envelope import decode64, encode64, require, require_members

TYPES = (
    *("vault-key", "statement", "factor", "recipient", "identity", "mac", "head", "key", "version"),
    *("index", "catalog", "usage", "object", "sidecar", "backup", "upload", "page", "directory"),
    *("succession", "tombstone", "audit-key"),
)
PLACED = ("key", "version", "catalog", "usage", "object", "sidecar", "backup", "upload", "tombstone")
LISTS = ("catalog", "object", "backup", "upload")


def _hmac(key, *parts):
    framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(key, framed, "sha256")


def mac_of(key, row):
    revision = row.revision.to_bytes(8, "big")
    return _hmac(key, row.type.encode(), row.id.encode(), row.version.encode(), revision, row.text.encode())


def sum_of(macs):
    total = sum(int.from_bytes(mac, "big") for mac in macs)
    return encode64((total % 2**256).to_bytes(32, "big"))


def check_manifest(vault, manifest, key):
    """The pages name every record, the directories every page, the head every directory."""
    require_members(manifest, "pages", "directories", "lists")
    pages, directories = (_by_number(vault, type) for type in ("page", "directory"))
    require(len(pages) == manifest["pages"] >= 1, "another number of pages")
    _check_lists(vault, manifest["lists"], key)

    placed = [row for row in vault.rows if row.type in PLACED]
    for number, row in enumerate(pages):
        here = [row for row in placed if _page(_place(key, row), len(pages)) == number]
        names = sorted(_place(key, row) + mac_of(key, row)[:16] for row in here)
        require(_entries(vault, row) == b"".join(names), "a page of other records")
    for number, row in enumerate(directories):
        of_it = pages[64 * number : 64 * (number + 1)]
        require(_entries(vault, row) == _short(key, of_it), "a directory of other pages")
    require(decode64(manifest["directories"]) == _short(key, directories), "other directories")
    require(len(directories) == -(-len(pages) // 64), "another number of directories")


def _check_lists(vault, lists, key):
    rows = [sum_of(mac_of(key, row) for row in vault.of_type(type)) for type in LISTS]
    places = sum_of(_address(key, row) for row in vault.of_type("object"))
    require(decode64(lists) == b"".join(map(decode64, (*rows, places))), "other lists")


def _by_number(vault, type):
    rows = sorted(vault.of_type(type), key=lambda row: int(row.id))
    require([row.id for row in rows] == [str(at) for at in range(len(rows))], "another number")
    return rows


def _entries(vault, row):
    record = vault.open_json(row)
    require_members(record, "entries")
    return decode64(record["entries"])


def _short(key, rows):
    return b"".join(mac_of(key, row)[:16] for row in rows)


def _address(key, row):
    return _hmac(key, row.type.encode(), row.id.encode(), row.version.encode())


def _place(key, row):
    group = _hmac(key, row.id.encode())[:12]
    return group + bytes([TYPES.index(row.type)]) + _address(key, row)[:11]


def _page(place, pages):
    all = 1 << (pages - 1).bit_length()
    page = int.from_bytes(place[:8], "big") % all
    return page if page < pages else page % (all // 2)

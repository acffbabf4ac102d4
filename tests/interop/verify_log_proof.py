"""Verifies that entries are in a signed log, by the standard library and `cryptography` alone.

    verify_log_proof.py <verifier key> <proof file> <entry file>

A verifier key is the text `<name>+<key id>+<base64>` of C2SP's signed-note, a proof a text of its tlog-proof. Prints how many
entries the log's checkpoint has, and ends with 1 where the proof does not hold. `verify_log_proof.py <folder>` verifies
`proofs.json` in that folder instead, and prints as JSON what was accepted although it was changed.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

# ECDSA, signature type 0x02 of signed-note.
TYPE = b"\x02"


class Refused(Exception):
    """Why a proof does not hold."""


def require(holds, why):
    if not holds:
        raise Refused(why)


def decode(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("base64") from error
    require(base64.b64encode(data).decode() == text, "base64 that is not canonical")
    return data


def decimal(text):
    require(text.isascii() and text.isdigit() and str(int(text)) == text, "a number")
    return int(text)


def read_key(text):
    """The name, the key id and the public key of a verifier key."""
    parts = text.split("+", 2)
    require(len(parts) == 3, "a verifier key")
    name, key_id, key = parts
    data = decode(key)
    require(data[:1] == TYPE, "another type of key")
    spki = data[1:]
    # Of this type the id is a hash of the key alone.
    require(hashlib.sha256(spki).hexdigest()[:8] == key_id, "another key id")
    public = load_der_public_key(spki)
    require(isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1), "another curve")
    return name, bytes.fromhex(key_id), public


def open_note(note, key):
    """The text of a signed note, if that key signed it."""
    name, key_id, public = key
    require(all(char == "\n" or char >= " " for char in note), "control characters")
    text, separator, lines = note.rpartition("\n\n")
    require(separator and lines.endswith("\n"), "a signed note")
    text, signed = text + "\n", False
    for line in lines[:-1].split("\n"):
        parts = line.split(" ")
        require(len(parts) == 3 and parts[0] == "\u2014" and parts[1], "a line that is no signature")
        data = decode(parts[2])
        if parts[1] != name or data[:4] != key_id:
            continue
        try:
            public.verify(data[4:], text.encode(), ECDSA(SHA256()))
        except InvalidSignature as error:
            raise Refused("another signature") from error
        signed = True
    require(signed, "not signed by this key")
    return text


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf, index, size, hashes):
    """The root that a proof leads to: RFC 9162 section 2.1.3.2."""
    require(index < size, "an index behind the last entry")
    at, last, root = index, size - 1, leaf
    for beside in hashes:
        require(last > 0, "too many hashes")
        if at & 1 or at == last:
            root = node(beside, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node(root, beside)
        at, last = at >> 1, last >> 1
    require(last == 0, "too few hashes")
    return root


def verify(verifier, proof, entry):
    """How many entries the log has, whose checkpoint proves that this is one of them, and which one it is."""
    key = read_key(verifier)
    try:
        head, separator, checkpoint = proof.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise Refused("no text") from error
    lines = head.split("\n")
    require(separator and len(lines) > 1 and lines[0] == "c2sp.org/tlog-proof@v1", "a proof of a log")
    require(lines[1].startswith("index "), "an index")
    index = decimal(lines[1].removeprefix("index "))
    hashes = [decode(line) for line in lines[2:]]
    require(all(len(value) == 32 for value in hashes), "a hash")
    text = open_note(checkpoint, key).split("\n")
    require(len(text) == 4 and text[3] == "" and text[0] == key[0], "a checkpoint of this log")
    size, root = decimal(text[1]), decode(text[2])
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    require(root_of(leaf, index, size, hashes) == root, "another root")
    return size, index


def holds(verifier, proof, entry):
    try:
        verify(verifier, proof, entry)
    except Refused:
        return False
    return True


def changed(data):
    """Each bit turned, and each end cut off."""
    for at in range(len(data)):
        for bit in range(8):
            yield f"bit {bit} of byte {at}", data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        yield f"cut at {at}", data[:at]


def verify_folder(folder):
    told = json.loads((folder / "proofs.json").read_text())
    entries = [entry.encode() for entry in told["entries"]]
    proofs = [proof.encode() for proof in told["proofs"]]
    verified = [verify(told["verifier"], proof, entry) for proof, entry in zip(proofs, entries, strict=True)]
    accepted = [name for name, proof in changed(proofs[-1]) if holds(told["verifier"], proof, entries[-1])]
    others = [
        [at, other]
        for at, proof in enumerate(proofs)
        for other, entry in enumerate(entries)
        if at != other and holds(told["verifier"], proof, entry)
    ]
    print(json.dumps({"verified": verified, "changed": accepted, "of others": others}))


def main(arguments):
    if len(arguments) == 1:
        verify_folder(Path(arguments[0]))
        return
    verifier, proof, entry = arguments
    try:
        size, index = verify(verifier, Path(proof).read_bytes(), Path(entry).read_bytes())
    except Refused as refused:
        sys.exit(f"the proof does not hold: {refused}")
    print(f"entry {index} of {size}")


if __name__ == "__main__":
    main(sys.argv[1:])

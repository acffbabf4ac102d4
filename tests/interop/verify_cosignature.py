"""Verifies that a witness has cosigned a log's checkpoint, by the standard library and `cryptography` alone.

    verify_cosignature.py <log's verifier key> <witness's verifier key> <note file>

The note is a checkpoint that the log has signed, with cosignatures below it: C2SP's tlog-cosignature, `cosignature/v1`. Prints how many
entries were cosigned, and when, in seconds since 1970; ends with 1 where the cosignature does not hold.
"""

import hashlib
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from verify_log_proof import Refused, decimal, decode, open_note, read_key, require

# Timestamped Ed25519, signature type 0x04 of signed-note.
TYPE = b"\x04"


def read_witness(text):
    """The name, the key id and the public key of a witness's verifier key."""
    parts = text.split("+", 2)
    require(len(parts) == 3 and parts[0], "a verifier key")
    name, key_id, key = parts
    data = decode(key)
    require(data[:1] == TYPE and len(data) == 33, "another type of key")
    # The name is in this id, and so is the type.
    hashed = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    require(hashed.hex() == key_id, "another key id")
    return name, hashed, Ed25519PublicKey.from_public_bytes(data[1:])


def cosigned(note, witness):
    """When the witness signed it last, in seconds since 1970."""
    name, key_id, public = witness
    text, _, lines = note.rpartition("\n\n")
    times = []
    for line in lines[:-1].split("\n"):
        _, signer, signature = line.split(" ")
        data = decode(signature)
        if signer != name or data[:4] != key_id:
            continue
        require(len(data) == 4 + 8 + 64, "a cosignature of another size")
        seconds = int.from_bytes(data[4:12])
        require(seconds < 2**63, "a time that is none")
        message = f"cosignature/v1\ntime {seconds}\n{text}\n"
        try:
            public.verify(data[12:], message.encode())
        except InvalidSignature as error:
            raise Refused("another signature") from error
        times.append(seconds)
    require(times, "not cosigned by this witness")
    return max(times)


def main(arguments):
    log, witness, file = arguments
    try:
        note = Path(file).read_bytes().decode()
        key = read_key(log)
        lines = open_note(note, key).split("\n")
        require(len(lines) == 4 and lines[3] == "" and lines[0] == key[0], "a checkpoint of this log")
        require(len(decode(lines[2])) == 32, "a hash")
        print(f"{decimal(lines[1])} entries at {cosigned(note, read_witness(witness))}")
    except Refused as refused:
        sys.exit(f"the cosignature does not hold: {refused}")


if __name__ == "__main__":
    main(sys.argv[1:])

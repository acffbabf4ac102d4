"""Holds bills of materials to CycloneDX 1.7: `validate_cbom.py <folder>`.

The referee is the schema in OWASP's own library, formats included; what no schema says, that each reference leads somewhere and
each `bom-ref` is one component's, is looked at here. Prints as JSON, by the name of each `*.cdx.json`, what is wrong with it and
how many versions of which type and state it has; and which wrong documents were not refused.
"""

import copy
import json
import sys
from collections import Counter
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonValidator

MATERIAL = "relatedCryptoMaterialProperties"
VALIDATOR = JsonValidator(SchemaVersion.V1_7)


def main(folder):
    texts = {path.name: path.read_text() for path in sorted(folder.glob("*.cdx.json"))}
    documents = {name: json.loads(text) for name, text in texts.items()}
    told = {
        "wrong": {name: faults(document) for name, document in documents.items()},
        "versions": {name: versions(document) for name, document in documents.items()},
        "not refused": [
            what
            for document in documents.values()
            if document["components"]
            for what, changed in wrong_ones(document)
            if not faults(changed)
        ],
    }
    json.dump(told, sys.stdout)


def faults(document):
    found = VALIDATOR.validate_str(json.dumps(document), all_errors=True)
    return [str(fault.data.message) for fault in found or []] + list(loose_ends(document))


def loose_ends(document):
    described = [document["metadata"]["component"], *document["components"]]
    refs = Counter(component.get("bom-ref") for component in described)
    yield from (f"{ref} is of {count} components" for ref, count in refs.items() if count > 1)
    yield from (f"{ref} leads nowhere" for ref in references(document) if ref not in refs)


def references(node):
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in ("algorithmRef", "ref"):
                yield value
            else:
                yield from references(value)


def versions(document):
    kinds = Counter()
    for component in document["components"]:
        material = component["cryptoProperties"].get(MATERIAL)
        if material:
            # Of a key elsewhere the vault knows no state.
            kinds[f"{material['type']} {material.get('state', 'elsewhere')}"] += 1
    return dict(sorted(kinds.items()))


def wrong_ones(document):
    """The document, wrong in one place each."""

    def changed(what, change):
        wrong = copy.deepcopy(document)
        key = next(one for one in wrong["components"] if MATERIAL in one["cryptoProperties"])
        algorithm = next(one for one in wrong["components"] if one["cryptoProperties"]["assetType"] == "algorithm")
        change(wrong, key["cryptoProperties"][MATERIAL], algorithm["cryptoProperties"]["algorithmProperties"])
        return what, wrong

    yield changed("a state of strongroom's", lambda all, key, _: key.update(state="destroy-scheduled"))
    yield changed("a type of ours", lambda all, key, _: key.update(type="oct"))
    yield changed("a member of ours", lambda all, key, _: key.update(destroyAt="2030-01-01T00:00:00Z"))
    yield changed("a size that is text", lambda all, key, _: key.update(size="256"))
    yield changed("milliseconds in place of a date", lambda all, key, _: key.update(creationDate=1700000000000))
    yield changed("no date", lambda all, key, _: key.update(creationDate="yesterday"))
    yield changed("a year of six digits", lambda all, key, _: key.update(creationDate="+010000-01-01T00:00:00.000Z"))
    yield changed("an algorithm that is not there", lambda all, key, _: key.update(algorithmRef="algorithm/DES"))
    yield changed("a primitive that there is not", lambda all, _, algorithm: algorithm.update(primitive="wrap"))
    yield changed("a family that there is not", lambda all, _, algorithm: algorithm.update(algorithmFamily="A256KW"))
    yield changed("a seventh category", lambda all, _, algorithm: algorithm.update(nistQuantumSecurityLevel=7))
    yield changed("a random name", lambda all, *_: all.update(serialNumber="urn:uuid:1"))
    yield changed("another format", lambda all, *_: all.update(bomFormat="SPDX"))
    yield changed("a component twice", lambda all, *_: all["components"].append(all["components"][-1]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

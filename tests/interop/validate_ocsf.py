"""Holds events to OCSF, the Open Cybersecurity Schema Framework: `validate_ocsf.py <folder>`.

The referee is the schema itself, as `tests/vectors/ocsf` has it: classes and objects with what they inherit. Prints as JSON, by the
name of each `*.ocsf.jsonl`, what is wrong with its events and how many of them are of which class and activity; and which wrong
events were not refused.
"""

import copy
import json
import re
import sys
from collections import Counter
from pathlib import Path

VECTORS = Path(__file__).parent.parent / "vectors" / "ocsf"
SCHEMA = json.loads((VECTORS / "classes.json").read_text())
CLASSES = {known["class_uid"]: known for known in SCHEMA["classes"].values()}
TYPES = SCHEMA["types"]
OBJECTS = json.loads((VECTORS / "objects.json").read_text())["objects"]
# What tells by a word what a number says.
WORDS = {"status": "status_id", "severity": "severity_id", "type": "type_id", "activity_name": "activity_id"}
OTHER = 99


def main(folder):
    texts = {path.name: path.read_text() for path in sorted(folder.glob("*.ocsf.jsonl"))}
    events = {name: [json.loads(line) for line in text.split("\n") if line] for name, text in texts.items()}
    told = {
        "wrong": {name: wrong(some) for name, some in events.items()},
        "activities": {name: activities(some) for name, some in events.items()},
        "not refused": sorted(
            {what for some in events.values() for event in some for what, changed in wrong_ones(event) if not faults(changed)}
        ),
    }
    json.dump(told, sys.stdout)


def wrong(events):
    uids = Counter(event["metadata"]["uid"] for event in events)
    twice = [f"two events of {uid}" for uid, count in uids.items() if count > 1]
    return [fault for event in events for fault in faults(event)] + twice


def faults(event):
    known = CLASSES.get(event.get("class_uid"))
    if known is None:
        return [f"no class: {event.get('class_uid')}"]
    found = list(members(event, known, known["caption"]))
    for name in ("class_uid", "category_uid"):
        if event.get(name) != known[name]:
            found.append(f"{known['caption']} of another {name}: {event.get(name)}")
    if event.get("type_uid") != known["class_uid"] * 100 + event.get("activity_id", 0):
        found.append(f"another type_uid: {event.get('type_uid')}")
    return found


def members(value, known, where):
    attributes = known["attributes"]
    # The base of all objects has no members, and takes any.
    if not attributes:
        return
    for name in value:
        if name not in attributes:
            yield f"{where} has no {name}"
    for name, attribute in attributes.items():
        if name in value:
            yield from member(value, name, attribute, where)
        elif attribute["requirement"] == "required":
            yield f"{where} lacks {name}"
    one_of = (known.get("constraints") or {}).get("at_least_one")
    if one_of and not any(name in value for name in one_of):
        yield f"{where} has none of {one_of}"


def member(value, name, attribute, where):
    path, given = f"{where}.{name}", value[name]
    if attribute.get("array"):
        if not isinstance(given, list):
            yield f"{path} is no list"
            return
        for item in given:
            yield from one(item, attribute["type"], path)
    else:
        yield from one(given, attribute["type"], path)
    numbers = attribute.get("enum")
    # A class says which one it is by itself.
    if numbers and name not in ("class_uid", "category_uid") and str(given) not in numbers:
        yield f"{path} is none of its values: {given}"
    if name in WORDS and WORDS[name] in value:
        captions = known_words(attribute_of(where, WORDS[name]))
        number = value[WORDS[name]]
        if number != OTHER and captions.get(str(number)) != given:
            yield f"{path} is another word than {WORDS[name]} says: {given}"
    if name in WORDS.values() and given == OTHER and {word for word, number in WORDS.items() if number == name}.isdisjoint(value):
        yield f"{path} is another one, and no word says which"


def attribute_of(where, name):
    *_, last = where.split(".")
    by_caption = {known["caption"]: known for known in CLASSES.values()}
    known = by_caption.get(where) or OBJECTS.get(object_of(where), {"attributes": {}})
    return known["attributes"].get(name, {})


def object_of(where):
    caption, *names = where.split(".")
    known = next(known for known in CLASSES.values() if known["caption"] == caption)
    kind = None
    for name in names:
        kind = known["attributes"][name]["type"]
        known = OBJECTS[kind]
    return kind


def known_words(attribute):
    return attribute.get("enum", {})


def one(given, kind, path):
    if kind in TYPES:
        yield from primitive(given, kind, path)
    elif not isinstance(given, dict):
        yield f"{path} is no {kind}"
    elif kind not in OBJECTS:
        yield f"{path} is a {kind}, which nobody looks at"
    else:
        yield from members(given, OBJECTS[kind], path)


def primitive(given, kind, path):
    rule = TYPES[kind]
    base = rule.get("type", kind)
    is_number = isinstance(given, int) and not isinstance(given, bool)
    fits = {
        "string_t": isinstance(given, str),
        "integer_t": is_number and -(2**31) <= given < 2**31,
        "long_t": is_number,
        "boolean_t": isinstance(given, bool),
    }.get(base)
    if not fits:
        yield f"{path} is no {kind}: {given!r}"
        return
    if isinstance(given, str) and ("regex" in rule and not re.search(rule["regex"], given) or len(given) > rule.get("max_len", len(given))):
        yield f"{path} is no {kind}: {given!r}"


def activities(events):
    def named(event):
        known = CLASSES[event["class_uid"]]
        activity = known["attributes"]["activity_id"]["enum"][str(event["activity_id"])]
        return f"{known['caption']}: {event['activity_name'] if activity == 'Other' else activity}"

    return dict(sorted(Counter(map(named, events)).items()))


def wrong_ones(event):
    """The event, wrong in one place each."""

    def changed(what, change):
        wrong = copy.deepcopy(event)
        change(wrong)
        return f"{what} ({CLASSES[event['class_uid']]['caption']})", wrong

    yield changed("a class that there is not", lambda of: of.update(class_uid=9999))
    yield changed("another category", lambda of: of.update(category_uid=of["category_uid"] + 1))
    yield changed("a type of another activity", lambda of: of.update(type_uid=of["type_uid"] + 1))
    yield changed("an activity that there is not", lambda of: of.update(activity_id=77, type_uid=of["class_uid"] * 100 + 77))
    yield changed("no activity", lambda of: of.pop("activity_id"))
    yield changed("a time that is text", lambda of: of.update(time="2026-01-01T00:00:00Z"))
    yield changed("no time", lambda of: of.pop("time"))
    yield changed("a severity that there is not", lambda of: of.update(severity_id=9))
    yield changed("a severity in another word", lambda of: of.update(severity="Fatal"))
    yield changed("no severity", lambda of: of.pop("severity_id"))
    yield changed("a status that there is not", lambda of: of.update(status_id=9))
    yield changed("a status in another word", lambda of: of.update(status="Done"))
    yield changed("a member of ours", lambda of: of.update(vault="id"))
    yield changed("metadata without a version", lambda of: of["metadata"].pop("version"))
    yield changed("metadata with a member of ours", lambda of: of["metadata"].update(vault="id"))
    yield changed("a sequence that is text", lambda of: of["metadata"].update(sequence="1"))
    yield changed("a product without a name", lambda of: of["metadata"]["product"].pop("name"))
    if event["activity_id"] == OTHER:
        yield changed("another activity without a name", lambda of: of.pop("activity_name"))
    if event["class_uid"] == 3004:
        yield changed("no entity", lambda of: of.pop("entity"))
        yield changed("an entity that is text", lambda of: of.update(entity="key"))
        yield changed("an entity of no name", lambda of: of.update(entity={"type": "Key", "type_id": OTHER}))
        yield changed("an entity of a type that there is not", lambda of: of["entity"].update(type_id=12))
    if event["class_uid"] == 3002:
        yield changed("no user", lambda of: of.pop("user"))
        yield changed("a user of no name", lambda of: of.update(user={}))
        yield changed("no service", lambda of: of.pop("service"))
        yield changed("a logon that there is not", lambda of: of.update(logon_type_id=6))
        yield changed("remote in a word", lambda of: of.update(is_remote="no"))
    if event["class_uid"] == 6005:
        yield changed("no actor", lambda of: of.pop("actor"))
        yield changed("an actor of no name", lambda of: of.update(actor={}))
        yield changed("no database", lambda of: of.pop("database"))
        yield changed("a database without a type", lambda of: of["database"].pop("type_id"))
        yield changed("no endpoint", lambda of: of.pop("src_endpoint"))
    if event["class_uid"] == 2004:
        yield changed("no finding", lambda of: of.pop("finding_info"))
        yield changed("a finding without an id", lambda of: of["finding_info"].pop("uid"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

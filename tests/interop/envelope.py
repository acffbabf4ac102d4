"""Encrypted JWKs, values and signed statements: docs/format.md, sections 1 to 4, 6 and 7.

Nothing here is strongroom's code: jwcrypto does the cryptography.
"""

import base64
import hashlib
import json
import re
from unicodedata import category

from jwcrypto import jwe, jwk, jws

ALGORITHMS = ["A256KW", "ECDH-ES+A256KW", "RSA-OAEP-256", "A256GCM"]
MIB = 1024 * 1024
# What a sidecar's context holds besides its caller's.
OF_SIDECARS = {"strongroom:parent", "strongroom:sidecar"}


class Refused(Exception):
    """What the format does not allow."""


def require(holds, what):
    if not holds:
        raise Refused(what)


# Texts and hashes.


def encode64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode64(text):
    """Only canonical base64url is read: no padding, and no bits that mean nothing."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    require(encode64(data) == text, "base64url that is not canonical")
    return data


def sha256(data):
    return encode64(hashlib.sha256(data).digest())


def read_json(text):
    """One object; a name that stands twice in one object is refused."""

    def once(members):
        names = [name for name, _ in members]
        require(len(names) == len(set(names)), "two members of one name")
        return dict(members)

    value = json.loads(text, object_pairs_hook=once)
    require(isinstance(value, dict), "JSON that is no object")
    return value


def write_json(value):
    """No white space, members in their order, strings escaped as ECMAScript does."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def require_members(value, *names):
    require(set(value) == set(names), f"other members than {', '.join(names)}")


# Keys.

# The members of an RSA key besides `kty` and `d`.
RSA = ("n", "e", "p", "q", "dp", "dq", "qi")


def material(key):
    """A JWK without what describes it: what a library needs."""
    return {name: key[name] for name in ("kty", "crv", "x", "y", "d", "k", *RSA) if name in key}


def public(key):
    names = ("e", "kty", "n") if key["kty"] == "RSA" else ("crv", "kty", "x", "y")
    return {name: key[name] for name in names}


def thumbprint(key):
    """RFC 7638: the required members alone, in the order of their names."""
    names = {"oct": ("k", "kty"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}[key["kty"]]
    return sha256(write_json({name: key[name] for name in names}).encode())


def kid_of(key):
    return key.get("kid", thumbprint(key))


# What a key may say of its use: `use`, `alg` and, each among them, `key_ops`.
USES = {
    "wrap": ("enc", "A256KW", {"wrapKey", "unwrapKey"}),
    "agree": ("enc", "ECDH-ES+A256KW", {"deriveKey", "deriveBits"}),
    "decrypt": ("enc", "RSA-OAEP-256", {"encrypt", "decrypt", "wrapKey", "unwrapKey"}),
    "sign": ("sig", "ES256", {"sign", "verify"}),
    "mac": ("sig", "HS256", {"sign", "verify"}),
}


def check_use(key, wanted):
    """The key, unless it says that it is for another use."""
    use, alg, ops = USES[wanted]
    agrees = key.get("use", use) == use and key.get("alg", alg) == alg
    require(agrees and set(key.get("key_ops", [])) <= ops, "a key for another use")
    return key


def is_name(text):
    """1 to 256 bytes, without control characters (category Cc)."""
    return 1 <= len(text.encode()) <= 256 and not any(category(char) == "Cc" for char in text)


def new_oct():
    return json.loads(jwk.JWK.generate(kty="oct", size=256).export())


def new_pair():
    return json.loads(jwk.JWK.generate(kty="EC", crv="P-256").export())


# Contexts.


def canonical(context):
    """RFC 8785, for an object of strings: names in the order of their UTF-16 code units."""
    if not context:
        return b""
    ordered = sorted(context, key=lambda name: name.encode("utf-16-be"))
    reserved = {name for name in ordered if name.startswith("strongroom:")}
    require(reserved in (set(), OF_SIDECARS), "a reserved name")
    text = write_json({name: context[name] for name in ordered}).encode()
    require(len(ordered) <= 64 and len(text) <= 8192, "a context that is too large")
    return text


def ctx(context):
    return {"ctx": sha256(canonical(context))} if context else {}


# Envelopes.


def take_entries(envelope):
    """The recipients of the general form, or the flattened form's one, taken out."""
    if "recipients" in envelope:
        return envelope.pop("recipients")
    names = ("header", "encrypted_key")
    return [{name: envelope.pop(name) for name in names if name in envelope}]


def open_envelope(text, kid, key, cty, context=None):
    """What is inside, by the entry that has the key's name."""
    require(len(text.encode()) <= MIB, "an envelope over 1 MiB")
    envelope = read_json(text)
    entries = take_entries(envelope)
    members = {"protected", "iv", "ciphertext", "tag"}
    require(set(envelope) - {"aad"} == members, "other members than an envelope's")

    header = read_json(decode64(envelope["protected"]))
    expected = {"enc": "A256GCM", "cty": cty} | ctx(context)
    if cty != "json":
        expected["jkt"] = header.get("jkt")
    require(header == expected, "a protected header of other members, or another context")

    kids = [entry["header"]["kid"] for entry in entries]
    require(len(kids) <= 1000 and len(kids) == len(set(kids)), "recipients")
    require(kid in kids, "an envelope for others")
    entry = entries[kids.index(kid)]
    names = {"A256KW": {"alg", "kid"}, "ECDH-ES+A256KW": {"alg", "kid", "epk"}, "RSA-OAEP-256": {"alg", "kid"}}
    require(set(entry["header"]) == names.get(entry["header"]["alg"]), "a recipient's header")

    # The same JWE with this recipient alone, which is what the library is asked to open.
    token = jwe.JWE(algs=ALGORITHMS)
    token.deserialize(json.dumps(envelope | entry))
    token.decrypt(jwk.JWK(**material(key)))
    return token.payload, header.get("jkt"), len(entries) == 1


def unwrap(text, kid, key, context=None):
    """The key in an Encrypted JWK, which must be the one that the header commits to."""
    plain, jkt, sole = open_envelope(text, kid, key, "jwk+json", context)
    inside = read_json(plain)
    require(thumbprint(inside) == jkt, "another key than the header says")
    return inside, sole


def write_envelope(plain, header, recipients, aad=None):
    """`recipients` are pairs of a kid and a key."""
    header = {"enc": "A256GCM"} | header
    token = jwe.JWE(
        plain, protected=write_json(header), aad=aad, algs=ALGORITHMS, flattened=False
    )
    for kid, key in recipients:
        alg = "A256KW" if key["kty"] == "oct" else "ECDH-ES+A256KW"
        token.add_recipient(jwk.JWK(**material(key)), header={"alg": alg, "kid": kid})
    return token.serialize()


def wrap(inside, recipients, context=None, aad=None):
    header = {"cty": "jwk+json", "jkt": thumbprint(inside)} | ctx(context)
    return write_envelope(write_json(inside).encode(), header, recipients, aad)


def aad_of(text):
    return decode64(read_json(text)["aad"])


# Values.


def open_value(token, find_key, context=None):
    """The JSON in a value; `find_key` gives the key of a kid."""
    require(len(token) <= MIB and token.count(".") == 4, "no value")
    header = read_json(decode64(token.split(".")[0]))
    expected = {"alg": "A256KW", "enc": "A256GCM", "kid": header.get("kid")} | ctx(context)
    require(header == expected, "a value's header, or another context")
    value = jwe.JWE(algs=ALGORITHMS)
    value.deserialize(token)
    value.decrypt(jwk.JWK(**material(find_key(header["kid"]))))
    return json.loads(value.payload)


def write_value(value, kid, key, context=None):
    header = {"alg": "A256KW", "enc": "A256GCM", "kid": kid} | ctx(context)
    token = jwe.JWE(write_json(value).encode(), protected=write_json(header), algs=ALGORITHMS)
    token.add_recipient(jwk.JWK(**material(key)))
    return token.serialize(compact=True)


# Signed statements.


def verify(token, typ):
    """The payload and the thumbprint of who signed it, which the caller compares."""
    require(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII), "no compact JWS")
    # The library takes bits that mean nothing.
    header, _, _ = (decode64(part) for part in token.split("."))
    header = read_json(header)
    require_members(header, "alg", "typ", "jwk")
    require_members(header["jwk"], "crv", "kty", "x", "y")
    require((header["alg"], header["typ"]) == ("ES256", typ), "a JWS header")
    signed = jws.JWS()
    signed.allowed_algs = ["ES256"]
    signed.deserialize(token)
    signed.verify(jwk.JWK(**header["jwk"]))
    return read_json(signed.payload), thumbprint(header["jwk"])


def verify_named(token, find_key):
    """The payload, the kid and the `typ` of what a named key signed; `find_key` gives a kid's key."""
    require(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII), "no compact JWS")
    header = read_json(decode64(token.split(".")[0]))
    require_members({"typ": None} | header, "alg", "kid", "typ")
    require(not header.get("typ", "").lower().startswith("sr-"), "a statement of a vault's own")
    signed = jws.JWS()
    signed.allowed_algs = ["ES256"]
    signed.deserialize(token)
    signed.verify(jwk.JWK(**public(find_key(header["kid"]))))
    return signed.payload, header["kid"], header.get("typ")


def sign_named(payload, kid, key, typ):
    signed = jws.JWS(payload.encode())
    header = {"alg": "ES256", "kid": kid, "typ": typ}
    signed.add_signature(jwk.JWK(**material(key)), protected=write_json(header))
    return signed.serialize(compact=True)


def sign(payload, typ, key):
    signed = jws.JWS(write_json(payload).encode())
    header = {"alg": "ES256", "typ": typ, "jwk": public(key)}
    signed.add_signature(jwk.JWK(**material(key)), protected=write_json(header))
    return signed.serialize(compact=True)

/** A receiver of audit logs that has none of our code: RFC 6962 and RFC 9162, C2SP's signed notes, and JWS, over Node's crypto. */
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const node = (left, right) => sha256(Buffer.from([1]), left, right);

/** The root of perfect trees, the largest first. */
const rootOf = (trees) => (trees.length === 0 ? sha256() : trees.reduceRight((right, { hash }) => ({ hash: node(hash, right.hash) })).hash);

function appended(trees, leaf) {
  const all = [...trees, { size: 1, hash: leaf }];
  while (all.length > 1 && all.at(-1).size === all.at(-2).size) {
    const [left, right] = all.splice(-2);
    all.push({ size: 2 * left.size, hash: node(left.hash, right.hash) });
  }
  return all;
}

/** RFC 9162 §2.1.4.2. */
function isConsistent(first, firstRoot, second, secondRoot, proof) {
  if (first === second) return proof.length === 0 && firstRoot.equals(secondRoot);
  if (first === 0) return proof.length === 0;
  const path = Number.isInteger(Math.log2(first)) ? [firstRoot, ...proof] : [...proof];
  let [fn, sn] = [first - 1, second - 1];
  while (fn & 1) [fn, sn] = [fn >> 1, sn >> 1];
  if (path.length === 0) return false;
  let [fr, sr] = [path[0], path[0]];
  for (const hash of path.slice(1)) {
    if (sn === 0) return false;
    if (fn & 1 || fn === sn) {
      [fr, sr] = [node(hash, fr), node(hash, sr)];
      while (!(fn & 1) && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else sr = node(sr, hash);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 && fr.equals(firstRoot) && sr.equals(secondRoot);
}

/** The payload of a JWS, and the thumbprint (RFC 7638) of the key in its header, which signed it. */
function openStatement(token) {
  const [header, payload, signature] = token.split(".");
  const { alg, typ, jwk } = JSON.parse(Buffer.from(header, "base64url"));
  assert.deepEqual([alg, typ], ["ES256", "sr-audit+jws"]);
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  assert.ok(verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")));
  const { crv, kty, x, y } = jwk;
  const thumbprint = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  return { thumbprint, said: JSON.parse(Buffer.from(payload, "base64url")) };
}

/** Size and root of a checkpoint that the verifier's key signed. */
function openNote(note, verifier) {
  const [name, id, ...rest] = verifier.split("+");
  const key = Buffer.from(rest.join("+"), "base64");
  assert.equal(key[0], 2);
  assert.equal(createHash("sha256").update(key.subarray(1)).digest("hex").slice(0, 8), id);
  const [text, lines] = note.split("\n\n");
  const [, by, signature] = lines.trimEnd().split(" ");
  assert.equal(by, name);
  const bytes = Buffer.from(signature, "base64");
  assert.equal(bytes.subarray(0, 4).toString("hex"), id);
  const spki = createPublicKey({ key: key.subarray(1), format: "der", type: "spki" });
  assert.ok(verify("sha256", Buffer.from(`${text}\n`), spki, bytes.subarray(4)));
  const [origin, size, root] = text.split("\n");
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/** A log of which nothing is known: it begins with its first entry, or with the tree of those that were cut. */
function begun({ first, cut }) {
  if (!cut) return { trees: [], begins: 0, entries: [], heads: new Map() };
  assert.equal(cut.size, first);
  // A perfect tree for each bit of the size that is set.
  const sizes = [...cut.size.toString(2)].map((bit, at, all) => Number(bit) * 2 ** (all.length - 1 - at)).filter((size) => size > 0);
  assert.equal(sizes.length, cut.roots.length);
  const trees = sizes.map((size, at) => ({ size, hash: Buffer.from(cut.roots[at], "base64") }));
  return { trees, begins: first, entries: [], heads: new Map() };
}

export class LogReceiver {
  /** By their ids. @type {Map<string, { trees: { size: number, hash: Buffer }[], begins: number, entries: any[], heads: Map<number, Buffer> }>} */
  logs = new Map();
  /** Checkpoints with fewer entries than one that came before: set back, or sent again. @type {{ log: string, size: number }[]} */
  noted = [];
  /** @type {string | undefined} */
  identity;

  sizeOf(log) {
    const known = this.logs.get(log);
    return known ? known.begins + known.entries.length : 0;
  }

  /** Takes a batch, or throws: what is wrong, or `size`, what it has of the log where the batch does not continue that. */
  take(batch) {
    assert.equal(batch.strongroom, "audit-batch-1");
    const { thumbprint, said } = openStatement(batch.certificate);
    this.identity ??= thumbprint;
    assert.equal(thumbprint, this.identity, "another identity");
    const { vault, log, device, verifier } = batch;
    assert.deepEqual(said, { vault, log, device, verifier });
    const { origin, size, root } = openNote(batch.note, verifier);
    assert.equal(origin, `strongroom/${vault}/${log}`);
    assert.equal(batch.entries.length, batch.leaves.length);
    assert.ok(batch.leaves.length > 0, "an empty batch");
    const known = this.logs.get(log) ?? begun(batch);
    const had = known.begins + known.entries.length;
    const refused = (/** @type {string} */ why) => Object.assign(new Error(why), { size: had });
    const passes = (/** @type {number} */ seen, /** @type {Buffer} */ other) => known.heads.get(seen)?.equals(other) ?? true;
    if (!passes(size, root) || (size === had && !root.equals(rootOf(known.trees)))) throw refused("another checkpoint of as many entries: a fork");
    const older = size < had || [...known.heads.keys()].some((seen) => size < seen);
    if (batch.first !== had) {
      if (older) this.noted.push({ log, size });
      throw refused("does not continue");
    }
    if (older) throw refused("an older checkpoint: set back, or a fork");
    let { trees } = known;
    const entries = [...known.entries, ...batch.entries];
    for (const [at, leaf] of batch.leaves.entries()) {
      trees = appended(trees, Buffer.from(leaf, "base64"));
      if (!passes(batch.first + at + 1, rootOf(trees))) throw refused("other entries than were signed: a fork");
    }
    const proof = batch.proof.map((hash) => Buffer.from(hash, "base64"));
    const end = known.begins + entries.length;
    assert.ok(isConsistent(end, rootOf(trees), size, root, proof), "leads to another root");
    // Each one that was signed holds until the tree has passed it.
    const heads = new Map([...known.heads, [size, root]].filter(([seen]) => seen >= end));
    this.logs.set(log, { trees, begins: known.begins, entries, heads });
  }
}

/** Signatures of files and streams, and what they are none of. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";
import { code, pattern, streamOf, vaultWithKey } from "./support.mjs";

const LARGE = 3_500_000;
const content = pattern(LARGE);
const key = "releases";

/** @type {Awaited<ReturnType<typeof vaultWithKey>>} */
let vault;
/** @type {string} */
let signature;

before(async () => {
  vault = await vaultWithKey();
  await vault.keys.create({ alias: key, purpose: "sign" });
  await vault.keys.create({ alias: "caches", purpose: "mac" });
  signature = await vault.signFile(content, { key });
});

const sha256 = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const said = (token) => token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
const uses = async () => (await vault.keys.get(key)).uses;

/** Each form in which a content can be given. */
const FORMS = {
  bytes: (bytes) => bytes,
  "an ArrayBuffer": (bytes) => bytes.slice().buffer,
  "a Blob": (bytes) => new Blob([bytes]),
  "a File": (bytes) => new File([bytes], "release.tar"),
  "a stream": (bytes) => streamOf(bytes, 70_001).stream,
  "a Response": (bytes) => new Response(bytes),
};

for (const [form, of] of Object.entries(FORMS)) {
  test(`${form} is signed and verified, whatever form the other had`, async () => {
    const token = await vault.signFile(of(content), { key });
    const signer = await vault.keys.get(key);
    assert.deepEqual(said(token), [
      { alg: "ES256", kid: `${signer.id}.${signer.primary}`, typ: "sr-digest+jws" },
      { digest: sha256(content), size: LARGE },
    ]);
    const told = { key: signer.id, version: signer.primary, state: "active", digest: sha256(content), size: LARGE };
    assert.deepEqual(await vault.verifyFile(token, content, { key }), told);
    assert.deepEqual(await vault.verifyFile(signature, of(content)), told);
  });

  test(`${form} that is another content is refused`, async () => {
    const turned = content.slice();
    turned[LARGE - 1] ^= 1;
    for (const other of [turned, content.subarray(0, -1), pattern(LARGE + 1), pattern(0)]) {
      await assert.rejects(vault.verifyFile(signature, of(other)), code("ERR_DECRYPT"));
    }
  });
}

test("a content without bytes has a signature of its own, and so has one under a secret", async () => {
  const token = await vault.signFile(new Blob([]), { key: "caches" });
  assert.equal(said(token)[0].alg, "HS256");
  assert.deepEqual(said(token)[1], { digest: sha256(""), size: 0 });
  assert.equal((await vault.verifyFile(token, streamOf(pattern(0), 1).stream)).size, 0);
  await assert.rejects(vault.verifyFile(token, pattern(1)), code("ERR_DECRYPT"));
});

test("a signature over bytes is none of a file, and the reverse, though they say the same", async () => {
  const payload = Buffer.from(signature.split(".")[1], "base64url");
  const bytes = await vault.sign(payload, { key });
  assert.deepEqual(Buffer.from((await vault.verify(bytes)).payload), payload);
  await assert.rejects(vault.verifyFile(bytes, content), code("ERR_UNSUPPORTED"));
  await assert.rejects(vault.verifyFile(bytes, payload), code("ERR_UNSUPPORTED"));
  await assert.rejects(vault.verify(signature), code("ERR_UNSUPPORTED"));
  await assert.rejects(vault.verify(signature, { key, expectTyp: "sr-digest+jws" }), code("ERR_UNSUPPORTED"));
  await assert.rejects(vault.sign(payload, { key, typ: "sr-digest+jws" }), code("ERR_ARGUMENT"));
});

test("a stream that breaks off is not signed and not verified, and its error is the cause", async () => {
  const why = new Error("the network is gone");
  const broken = () => {
    let given = 0;
    return new ReadableStream({
      pull(controller) {
        given += 1;
        if (given > 3) controller.error(why);
        else controller.enqueue(content.slice(0, 100_000));
      },
    });
  };
  const broke = (error) => error.code === "ERR_INPUT" && error.cause === why;
  const counted = await uses();
  await assert.rejects(vault.signFile(broken(), { key }), broke);
  assert.equal(await uses(), counted, "nothing was signed");
  await assert.rejects(vault.verifyFile(signature, broken()), broke);
  await assert.rejects(vault.verifyFile(signature, new Response("", { status: 404 })), code("ERR_INPUT"));
});

test("an endless stream is read no further than what was signed, and cancelled", async () => {
  let [given, cancelled] = [0, false];
  const endless = new ReadableStream({
    pull(controller) {
      given += 1_000_000;
      controller.enqueue(content.slice(0, 1_000_000));
    },
    cancel() {
      cancelled = true;
    },
  });
  await assert.rejects(vault.verifyFile(signature, endless), code("ERR_DECRYPT"));
  assert.ok(given <= LARGE + 4_000_000, `${given}`);
  assert.equal(cancelled, true);
});

test("a file of another size is refused before it is read", async () => {
  const blob = new Blob([content, "!"]);
  blob.stream = () => assert.fail("it was read");
  await assert.rejects(vault.verifyFile(signature, blob), code("ERR_DECRYPT"));
});

test("a key that does not sign, and a policy, refuse before the content is read", async () => {
  const { stream, seen } = streamOf(content, 1000);
  await assert.rejects(vault.signFile(stream, { key: "photos" }), code("ERR_PURPOSE"));
  assert.notEqual(seen.cancelled, undefined, "the stream is let go");
  await vault.keys.create({ alias: "bound", purpose: "sign", policy: { operations: ["verify"], requireReason: ["verify"] } });
  const unread = () => Object.assign(new Blob([content]), { stream: () => assert.fail("it was read") });
  await assert.rejects(vault.signFile(unread(), { key: "bound" }), code("ERR_POLICY"));
  await vault.keys.create({ alias: "free", purpose: "sign" });
  const token = await vault.signFile(content, { key: "free" });
  await (await vault.keys.get("free")).setPolicy({ requireReason: ["verify"], maximumUses: 3 });
  await assert.rejects(vault.verifyFile(token, unread(), { key: "free" }), code("ERR_POLICY"));
  for (let left = 2; left > 0; left--) await vault.verifyFile(token, content, { key: "free", reason: "an audit" });
  await assert.rejects(vault.verifyFile(token, content, { key: "free", reason: "an audit" }), code("ERR_POLICY"));
  await assert.rejects(vault.signFile(content, { key: "free" }), code("ERR_POLICY"));
});

/** A stream that waits after so many pieces. */
function waiting(pieces) {
  const seen = { cancelled: undefined, waits: undefined };
  const waits = new Promise((resolve) => (seen.waits = resolve));
  let given = 0;
  const stream = new ReadableStream({
    pull(controller) {
      given += 1;
      if (given <= pieces) return controller.enqueue(content.slice(0, 500_000));
      seen.waits();
      return new Promise(() => {});
    },
    cancel(reason) {
      seen.cancelled = reason;
    },
  });
  return { stream, seen, waits };
}

test("an abort ends it at once: nothing is signed of what was read by then, and the stream is cancelled", async () => {
  const why = new Error("the person left");
  for (const call of [
    (stream, signal) => vault.signFile(stream, { key, signal }),
    (stream, signal) => vault.verifyFile(signature, stream, { signal }),
  ]) {
    const { stream, seen, waits } = waiting(3);
    const controller = new AbortController();
    const called = call(stream, controller.signal);
    await waits;
    const counted = await uses();
    controller.abort(why);
    await assert.rejects(called, (error) => error.code === "ERR_ABORTED" && error.name === "AbortError" && error.cause === why);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(seen.cancelled?.code, "ERR_ABORTED");
    assert.equal(await uses(), counted, "a stream that is cancelled has no end that could be signed");
    await assert.rejects(call(content, controller.signal), code("ERR_ABORTED"));
  }
});

test("the progress counts bytes up to the size", async () => {
  for (const [given, total] of [
    [new Blob([content]), LARGE],
    [streamOf(content, 100_000).stream, undefined],
  ]) {
    const told = [];
    await vault.signFile(given, { key, onProgress: (progress) => told.push(progress) });
    await new Promise((resolve) => setTimeout(resolve));
    const counts = told.map(({ done }) => done);
    assert.deepEqual(counts, counts.toSorted((a, b) => a - b));
    assert.ok(told.every((each) => each.total === total || each.total === LARGE));
    assert.equal(counts.at(-1), LARGE);
  }
});

test("what is no content, no token and no option is refused", async () => {
  for (const no of ["text", undefined, null, 7, {}, [1]]) {
    await assert.rejects(vault.signFile(no, { key }), code("ERR_ARGUMENT"));
    await assert.rejects(vault.verifyFile(signature, no), code("ERR_ARGUMENT"));
  }
  await assert.rejects(vault.signFile(content, { key, typ: "release+jws" }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.signFile(content), code("ERR_ARGUMENT"));
  await assert.rejects(vault.verifyFile(content, content), code("ERR_ARGUMENT"));
  await assert.rejects(vault.verifyFile("a.b", content), code("ERR_MALFORMED"));
  await assert.rejects(vault.verifyFile(signature, content, { expectTyp: "x" }), code("ERR_ARGUMENT"));
});

test("a vault that is locked while a file is read signs nothing", async () => {
  const other = await vaultWithKey();
  await other.keys.create({ alias: key, purpose: "sign" });
  const { stream, waits } = waiting(2);
  const called = other.signFile(stream, { key });
  await waits;
  await other.lock();
  await assert.rejects(called, code("ERR_LOCKED"));
});

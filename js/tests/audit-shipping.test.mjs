/** The audit log on its way to a receiver: each entry at least once, in its order, provably all of them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ArgumentError, passphrase, Strongroom, TransferError } from "strongroom";
import { LogReceiver } from "./log-receiver.mjs";
import { code, mapStore, secret, vaultWithKey } from "./support.mjs";

const refusal = (/** @type {number} */ status, /** @type {object} */ more = {}) => Object.assign(new Error(`status ${status}`), { status, ...more });

const has = (/** @type {number} */ size) => new Response(JSON.stringify({ size }), { status: 409 });

/** Says what it has where a batch does not continue that. */
const strict = (receiver) => async (batch) => {
  try {
    receiver.take(batch);
  } catch (error) {
    if (error.size === undefined) throw error;
    return has(error.size);
  }
};

const endless = () => new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => new Promise(() => {}) });

/** The first batch of a log. */
async function batchOf(vault) {
  let sent;
  const shipment = await vault.audit.ship(async (batch) => void (sent ??= structuredClone(batch)), { limit: 64 });
  await until(() => sent, "a batch");
  await shipment.stop();
  return sent;
}

/** A vault of whose log three entries are written. */
async function audited(options = {}) {
  const vault = await vaultWithKey(options);
  await vault.audit.flush();
  return vault;
}

const sameRow = (row) => ({ type, id, version }) => row.type === type && row.id === id && row.version === version;

const uses = async (vault, many) => {
  for (let at = 0; at < many; at++) await vault.encryptValue(at, { key: "photos" });
};

/** Waits until something holds, 20 seconds at most. */
async function until(holds, what) {
  for (const end = Date.now() + 20_000; !(await holds()); await sleep(20)) assert.ok(Date.now() < end, `not within 20 seconds: ${typeof what === "function" ? what() : what}`);
}

const caughtUp = async (vault, receiver) => {
  await vault.audit.flush();
  const { log, size } = (await vault.audit.state()) ?? {};
  await until(() => receiver.sizeOf(log) === size, "the receiver has the log");
  return receiver.logs.get(log);
};

test("a receiver gets the whole log in batches that prove themselves, and what comes later", async () => {
  const vault = await audited();
  await uses(vault, 150);
  const [receiver, batches] = [new LogReceiver(), []];
  const shipment = await vault.audit.ship(async (batch) => {
    batches.push(batch);
    receiver.take(structuredClone(batch));
  }, { limit: 64, every: 1000 });
  const { entries } = await caughtUp(vault, receiver);
  assert.equal(entries.length, 153);
  assert.ok(batches.length >= 3 && batches.every(({ leaves }) => leaves.length <= 64));
  assert.ok(batches.some(({ proof }) => proof.length > 0), "a batch before the last one has a proof");
  assert.equal(receiver.identity, await vault.identity());
  assert.deepEqual(entries.map(({ metadata }) => metadata.sequence), entries.map((_, at) => at));
  assert.doesNotMatch(JSON.stringify(batches), /photos/);

  await vault.keys.create({ alias: "letters" });
  await caughtUp(vault, receiver);
  await until(() => shipment.state.behind === 0, "it knows that all was taken");
  const { log } = (await vault.audit.state()) ?? {};
  assert.deepEqual(shipment.state, { status: "shipping", log, shipped: 154, behind: 0, lastError: undefined });
  await shipment.stop();
  assert.equal(shipment.state.status, "ended");
  await shipment.ended;
  await vault.close();
});

test("a batch with a leaf, an entry's place, a note or a certificate of another is refused by the receiver", async () => {
  const vault = await audited();
  const other = await audited();
  for (let at = 0; at < 70; at++) await vault.keys.create({ alias: `key ${at}` });
  const [batch, theirs] = [await batchOf(vault), await batchOf(other)];
  new LogReceiver().take(batch);
  assert.ok(batch.leaves.length > 4 && batch.proof.length > 0);
  const changes = {
    leaf: { leaves: [...batch.leaves.slice(0, 3), theirs.leaves[0], ...batch.leaves.slice(4)] },
    missing: { leaves: batch.leaves.slice(1), entries: batch.entries.slice(1) },
    proof: { proof: batch.proof.slice(1) },
    none: { proof: [] },
    note: { note: theirs.note },
    verifier: { note: theirs.note, verifier: theirs.verifier },
    certificate: { certificate: theirs.certificate },
    vault: { vault: theirs.vault },
    device: { device: theirs.device },
  };
  for (const [name, change] of Object.entries(changes)) assert.throws(() => new LogReceiver().take({ ...batch, ...change }), name);
  const seen = new LogReceiver();
  seen.take(theirs);
  assert.throws(() => seen.take(batch), /another identity/);
  for (const each of [vault, other]) await each.close();
});

test("it goes on where it was, and of two shipments to one destination one sends", async () => {
  const vault = await audited();
  const receiver = new LogReceiver();
  const firsts = [];
  const send = async (batch) => {
    firsts.push(batch.first);
    receiver.take(batch);
  };
  const one = await vault.audit.ship(send, { every: 1000 });
  await caughtUp(vault, receiver);
  const two = await vault.audit.ship(send, { every: 1000 });
  const elsewhere = await vault.audit.ship(async () => {}, { name: "elsewhere" });
  await until(() => elsewhere.state.shipped === 3, "another destination has a place of its own");
  await uses(vault, 3);
  await caughtUp(vault, receiver);
  assert.equal(two.state.status, "waiting");
  assert.equal(receiver.sizeOf(one.state.log), 6);
  await until(() => one.state.behind === 0, "the first one knows");
  await one.stop();
  await until(() => two.state.status === "shipping", "the second one goes on");
  await uses(vault, 2);
  await caughtUp(vault, receiver);
  await two.stop();
  const waits = await vault.audit.ship(send, { every: 1000 });
  await uses(vault, 1);
  await caughtUp(vault, receiver);
  await waits.stop();
  await elsewhere.stop();
  assert.equal(new Set(firsts).size, firsts.length, `nothing is sent twice: ${firsts}`);
  await vault.close();
});

test("what fails is tried again, after the pause that is asked for, and counts as taken only then", async () => {
  const vault = await audited();
  const receiver = new LogReceiver();
  const answers = [new Error("no network"), refusal(503), new Response("later", { status: 429, headers: { "retry-after": "1" } })];
  const times = [];
  const shipment = await vault.audit.ship(async (batch) => {
    times.push(Date.now());
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    if (answer) return answer;
    receiver.take(batch);
  });
  await until(() => times.length === 1, "an attempt");
  await until(() => shipment.state.lastError, "its error");
  assert.ok(shipment.state.lastError instanceof TransferError);
  assert.deepEqual([shipment.state.shipped, shipment.state.behind], [0, 3]);
  await until(() => times.length === 3, "more attempts");
  await until(() => shipment.state.lastError?.status === 429, "the last one's error");
  assert.equal(shipment.state.lastError.retryAfter, 1);
  assert.match(shipment.state.lastError.message, /answered 429: later/);
  await caughtUp(vault, receiver);
  const pauses = times.slice(1).map((time, at) => time - times[at]);
  assert.ok(pauses[0] >= 450 && pauses[1] >= 950 && pauses[2] >= 990, `${pauses}`);
  await until(() => shipment.state.lastError === undefined, "nothing is wrong any more");
  await shipment.stop();
  await vault.close();
});

test("a receiver that asks for no time, or for time that is over, is not asked all the time", async () => {
  const vault = await audited();
  for (const asked of ["0", "Thu, 01 Jan 1970 00:00:00 GMT"]) {
    let attempts = 0;
    const shipment = await vault.audit.ship(async () => {
      attempts += 1;
      return new Response("", { status: 503, headers: { "retry-after": asked } });
    }, { name: asked });
    await sleep(1500);
    await shipment.stop();
    assert.ok(attempts >= 2 && attempts <= 3, `${asked}: ${attempts}`);
  }
  await vault.close();
});

test("a receiver that takes and forgets in turns gets no stream of the same entries, and ends it", async () => {
  const vault = await audited();
  await uses(vault, 100);
  await vault.audit.flush();
  const firsts = [];
  const shipment = await vault.audit.ship(async ({ first }) => {
    firsts.push([first, Date.now()]);
    return first === 0 ? new Response(null, { status: 204 }) : has(0);
  }, { limit: 64, every: 1000 });
  await assert.rejects(shipment.ended, (error) => error instanceof TransferError && error.status === 409);
  const again = firsts.filter(([first]) => first === 0).map(([, at]) => at);
  assert.equal(again.length, 4, `${firsts}`);
  const pauses = again.slice(1).map((at, index) => at - again[index]);
  assert.ok(pauses[0] >= 450 && pauses[1] >= 950 && pauses[2] >= 1950, `${pauses}`);
  await vault.close();
});

test("an answer whose body does not end holds up no stop, and its status counts where it is good", { timeout: 20_000 }, async () => {
  const vault = await audited();
  let asked = 0;
  const shipment = await vault.audit.ship(async () => {
    asked += 1;
    return new Response(endless(), { status: 503 });
  });
  await until(() => asked === 1, "an attempt");
  const late = sleep(3000).then(() => "late");
  assert.equal(await Promise.race([shipment.stop().then(() => "stopped"), late]), "stopped");
  const taken = await vault.audit.ship(async () => new Response(endless()));
  await until(() => taken.state.shipped === 3, "what was taken counts");
  await taken.stop();
  await vault.close();
});

test("a refusal ends it, with an error that says which", async () => {
  const vault = await audited();
  for (const answer of [refusal(400), refusal(401), new Response("who are you", { status: 403 }), new Response("", { status: 409 })]) {
    const shipment = await vault.audit.ship(async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
    await assert.rejects(shipment.ended, (error) => error instanceof TransferError && error.status === answer.status);
    assert.deepEqual([shipment.state.status, shipment.state.lastError?.code, shipment.state.shipped], ["ended", "ERR_TRANSFER", 0]);
  }
  await vault.close();
});

test("a receiver that has less or more says so, and gets what it lacks; one that has another log ends it", async () => {
  const vault = await audited();
  await uses(vault, 10);
  const fresh = new LogReceiver();
  const first = new LogReceiver();
  const one = await vault.audit.ship(strict(first), { every: 1000 });
  await caughtUp(vault, first);
  await until(() => one.state.behind === 0, "it knows");
  await one.stop();
  // The receiver lost all it had, and the browser has not.
  await uses(vault, 1);
  const again = await vault.audit.ship(strict(fresh), { every: 1000 });
  await caughtUp(vault, fresh);
  await again.stop();
  // The browser lost its place.
  const other = await vault.audit.ship(strict(first), { every: 1000, name: "another name" });
  await caughtUp(vault, first);
  await other.stop();
  assert.deepEqual([first.sizeOf(one.state.log), fresh.sizeOf(one.state.log)], [14, 14]);

  const fork = await vault.audit.ship(async ({ first: at }) => has(at), { name: "fork" });
  await assert.rejects(fork.ended, (error) => error instanceof TransferError && error.status === 409);
  let turn = 0;
  const moody = await vault.audit.ship(async () => has((turn++ % 2) + 3), { name: "moody" });
  await assert.rejects(moody.ended, (error) => error.status === 409);
  assert.ok(turn < 6, `${turn}`);
  const ahead = await vault.audit.ship(async () => has(15), { name: "ahead" });
  await assert.rejects(ahead.ended, code("ERR_INTEGRITY"));
  await vault.close();
});

test("another log is shipped after the rest of the one before it", async () => {
  const vault = await audited({ factors: [secret(), passphrase("stolen horse battery staple")] });
  const sent = [];
  const send = async (batch) => void sent.push(batch);
  const one = await vault.audit.ship(send, { every: 1000 });
  await until(() => one.state.shipped === 3, "the beginning");
  await one.stop();
  await uses(vault, 2);
  await vault.audit.flush();
  const [, stolen] = await vault.factors.list();
  await vault.factors.revoke(stolen.id, { factor: secret(), compromised: true });
  const before = one.state.log;
  const { log, size } = (await vault.audit.state()) ?? {};
  assert.notEqual(log, before);
  const two = await vault.audit.ship(send, { every: 1000 });
  await until(() => two.state.log === log && two.state.behind === 0 && two.state.shipped === size, "the log that came after");
  await two.stop();
  const [, rest, next] = sent;
  assert.deepEqual([rest.log, rest.first, next.log, next.first], [before, 3, log, 0]);
  assert.equal(next.after.log, before);
  assert.equal(next.after.size, 3 + rest.leaves.length);
  await vault.close();
});

test("after a cut that took the log before, what came after it is shipped, to a destination that is known and to a new one", async () => {
  const vault = await audited({ factors: [secret(), passphrase("stolen horse battery staple")] });
  const { log: before } = (await vault.audit.state()) ?? {};
  const sent = [];
  const send = async (batch) => void sent.push(batch);
  const one = await vault.audit.ship(send, { every: 1000 });
  await until(() => one.state.shipped === 3, "the whole log");
  await one.stop();
  const [, stolen] = await vault.factors.list();
  await vault.factors.revoke(stolen.id, { factor: secret(), compromised: true });
  const { log } = (await vault.audit.state()) ?? {};
  const cut = await vault.audit.cut({ before: Date.now() + 1000 });
  assert.equal(cut.logs, 1);
  await vault.audit.flush();
  for (const name of [undefined, "new"]) {
    sent.length = 0;
    await uses(vault, 1);
    await vault.audit.flush();
    const { size } = (await vault.audit.state()) ?? {};
    const two = await vault.audit.ship(send, { every: 1000, ...(name && { name }) });
    await until(() => two.state.status === "ended" || (two.state.log === log && two.state.shipped >= size && two.state.behind === 0), () => `what came after, as ${name}: ${JSON.stringify(two.state)} of ${size}`);
    assert.equal(two.state.lastError, undefined);
    await two.stop();
    assert.deepEqual([sent.every((batch) => batch.log === log), sent.at(-1).first + sent.at(-1).leaves.length], [true, two.state.shipped]);
  }
  assert.notEqual(before, log);
  // The next one takes what they have.
  assert.ok((await vault.audit.cut({ before: Date.now() + 1000 })).first > 0);
  await vault.close();
});

test("without a place in the logs it begins with the oldest one that is there", async () => {
  const store = mapStore();
  const vault = await audited({ store, factors: [secret(), passphrase("stolen horse battery staple")] });
  const { log: oldest } = (await vault.audit.state()) ?? {};
  const [, stolen] = await vault.factors.list();
  await vault.factors.revoke(stolen.id, { factor: secret(), compromised: true });
  const { log } = (await vault.audit.state()) ?? {};
  const sent = [];
  const send = async (batch) => void sent.push(batch);
  const whole = await vault.audit.ship(send, { name: "whole", every: 1000 });
  await until(() => whole.state.log === log && whole.state.behind === 0 && whole.state.shipped > 0, "both logs");
  await whole.stop();
  assert.deepEqual(sent.map((batch) => [batch.log, batch.first]), [[oldest, 0], [log, 0]]);

  // A place in a log whose entries are gone.
  const abort = new AbortController();
  const part = await vault.audit.ship(async (batch) => {
    assert.equal(batch.log, oldest);
    setTimeout(() => abort.abort());
  }, { name: "part", every: 1000, signal: abort.signal });
  await part.ended;
  await vault.lock();
  const { sequence, rows } = await store.read(vault.name, [{ prefix: [], limit: 10_000 }]);
  const gone = rows.filter(({ type, id }) => type === "audit" && id === oldest);
  assert.ok(gone.length > 0);
  assert.ok(await store.commit(vault.name, sequence, sequence, [], gone));
  await vault.unlock(secret());
  sent.length = 0;
  const rest = await vault.audit.ship(send, { name: "part", every: 1000 });
  await until(() => rest.state.log === log && rest.state.shipped > 0, "the log that is there");
  await rest.stop();
  assert.deepEqual([sent[0].log, sent[0].first], [log, 0]);
  await vault.close();
});

test("a place behind the end of the log ends nothing: the receiver says what it has", async () => {
  const store = mapStore();
  const name = "set back under way";
  const vault = await Strongroom.create({ name, store, factors: [secret()] });
  await vault.keys.create({ alias: "photos" });
  await vault.audit.flush();
  const kept = await store.read(name, [{ prefix: [], limit: 10_000 }]);
  await uses(vault, 5);
  const receiver = new LogReceiver();
  const one = await vault.audit.ship(strict(receiver), { every: 1000 });
  await caughtUp(vault, receiver);
  await until(() => one.state.behind === 0 && one.state.shipped > 0, "a place");
  await one.stop();
  await vault.close();
  const { sequence, rows } = await store.read(name, [{ prefix: [], limit: 10_000 }]);
  assert.ok(await store.commit(name, sequence, kept.sequence, kept.rows, rows.filter((row) => !kept.rows.some(sameRow(row)))));
  const back = await Strongroom.open({ name, store });
  await back.unlock(secret());
  await back.audit.flush();
  const { size } = (await back.audit.state()) ?? {};
  assert.ok(size < one.state.shipped, "it was set back");
  const sent = [];
  const two = await back.audit.ship(async (batch) => void sent.push(batch), { every: 1000 });
  await uses(back, 1);
  await back.audit.flush();
  await until(() => sent.length > 0, JSON.stringify(two.state));
  assert.equal(sent[0].first, size);
  await two.stop();
  // The receiver has other entries of that log. A checkpoint with fewer is noted; one with as many, and one that passes that, are of a fork.
  const known = receiver.sizeOf(one.state.log);
  assert.throws(() => receiver.take(sent[0]), /does not continue/);
  assert.deepEqual(receiver.noted, [{ log: one.state.log, size: size + sent[0].leaves.length }]);
  const whole = async (most) => {
    for (let at = (await back.audit.state())?.size ?? 0; at < most; at++) await uses(back, 1);
    await back.audit.flush();
    assert.equal((await back.audit.state())?.size, most);
    let batch;
    const shipment = await back.audit.ship(async (given) => void (batch ??= given), { name: `fork ${most}` });
    await until(() => batch, "a batch");
    await shipment.stop();
    return batch;
  };
  assert.throws(() => receiver.take({ ...sent[0], leaves: [], entries: [] }), /an empty batch/);
  const fork = await whole(known);
  assert.throws(() => receiver.take(fork), (error) => error.size === known && /a fork/.test(error.message));
  // One that has fewer entries, and saw that checkpoint, is held to it later.
  const late = new LogReceiver();
  const beginning = { ...late.logs.get(fork.log), trees: [], begins: 0, entries: [], heads: new Map(receiver.logs.get(fork.log)?.heads) };
  late.logs.set(fork.log, beginning);
  const passing = await whole(known + 2);
  assert.throws(() => late.take(passing), /signed: a fork/);
  await back.close();
});

test("entries are sent as they are where that is asked for, with reasons where those are", async () => {
  const vault = await audited();
  await vault.encryptValue(1, { key: "photos", reason: `${"x".repeat(4095)}\u{1f5dd}${"y".repeat(100_000)}` });
  await vault.encryptValue(1, { key: "photos", reason: "the auditors want it" });
  const sent = [];
  const shipment = await vault.audit.ship(async (batch) => void sent.push(batch), { format: "entries", reasons: true });
  await until(() => sent.length > 0, "a batch");
  await shipment.stop();
  const [{ entries, format, vault: id, log, device }] = sent;
  assert.equal(format, "entries");
  assert.deepEqual(entries.map(({ operation, reason, vault: of }) => [operation, reason, of]), [
    ["beginAudit", undefined, id],
    ["create", undefined, id],
    ["createKey", undefined, id],
    // What is longer is cut, and no sign is.
    ["encryptValue", `${"x".repeat(4095)}…`, id],
    ["encryptValue", "the auditors want it", id],
  ]);
  assert.deepEqual(entries[0].begins, { log, device });
  await vault.close();
});

test("a lock ends it, and so does an abort, and options that are none are refused", async () => {
  const vault = await audited();
  const abort = new AbortController();
  const hangs = [];
  const hanging = await vault.audit.ship((_batch, { signal }) => new Promise(() => void hangs.push(signal)), { signal: abort.signal });
  await until(() => hangs.length === 1, "an attempt that does not end");
  abort.abort();
  await hanging.ended;
  assert.deepEqual([hanging.state.status, hangs[0].aborted], ["ended", true]);

  for (const wrong of [{ limit: 63 }, { limit: 1001 }, { every: 999 }, { format: "csv" }, { reasons: 1 }, { retries: 1 }, { name: "" }, { headers: { a: 1 } }]) {
    await assert.rejects(vault.audit.ship(async () => {}, /** @type {any} */ (wrong)), ArgumentError, JSON.stringify(wrong));
  }
  await assert.rejects(vault.audit.ship(async () => {}, { headers: {} }), ArgumentError);
  for (const wrong of [undefined, null, 7, {}, "/relative", "ftp://a.example/", "javascript:1", "https://name:word@a.example/"]) {
    await assert.rejects(vault.audit.ship(/** @type {any} */ (wrong)), ArgumentError, String(wrong));
  }
  const shipment = await vault.audit.ship(async () => {}, { every: 1000 });
  await until(() => shipment.state.shipped === 3, "a batch");
  await vault.lock();
  await assert.rejects(shipment.ended, code("ERR_LOCKED"));
  await assert.rejects(vault.audit.ship(async () => {}), code("ERR_LOCKED"));
  await vault.close();
});

test("a lock ends it at once, and what is unlocked after that is no shipment's", async () => {
  const vault = await audited();
  const sent = [];
  const waiting = await vault.audit.ship(async (batch) => void sent.push(batch), { every: 24 * 60 * 60 * 1000 });
  await until(() => waiting.state.shipped === 3, "a batch");
  const queued = await vault.audit.ship(async (batch) => void sent.push(batch));
  const late = sleep(3000).then(() => "late");
  await vault.lock();
  for (const shipment of [waiting, queued]) {
    await assert.rejects(Promise.race([shipment.ended, late]), code("ERR_LOCKED"));
    assert.deepEqual([shipment.state.status, shipment.state.lastError?.code], ["ended", "ERR_LOCKED"]);
  }
  await vault.unlock(secret());
  const tried = await vault.audit.ship(async () => {
    sent.push("tried");
    throw new Error("no network");
  }, { name: "tried" });
  await until(() => sent.includes("tried"), "an attempt");
  vault.lock();
  await vault.unlock(secret());
  await assert.rejects(Promise.race([tried.ended, sleep(3000)]), code("ERR_LOCKED"));
  assert.equal(sent.length, 2);
  await vault.close();
});

test("it puts off no automatic lock", async () => {
  const vault = await Strongroom.create({ name: "locks itself", factors: [secret()], autoLock: { idle: "PT3S" } });
  const shipment = await vault.audit.ship(async () => {}, { every: 1000 });
  await until(() => !vault.unlocked, "it locks itself");
  await assert.rejects(shipment.ended, code("ERR_LOCKED"));
  await vault.close();
});

/** @type {import("node:http").Server | undefined} */
let server;
after(() => {
  server?.closeAllConnections();
  server?.close();
});

test("a URL gets JSON by a POST, with the headers that are given, and no redirect is followed", async () => {
  const vault = await audited();
  const [receiver, seen] = [new LogReceiver(), []];
  server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push([request.method, request.url, request.headers.authorization, request.headers["content-type"]]);
    if (request.url === "/moved") return response.writeHead(307, { location: "/audit" }).end();
    try {
      receiver.take(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(error.size === undefined ? 422 : 409).end(JSON.stringify({ size: error.size }));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
  const shipment = await vault.audit.ship(new URL(`${origin}/audit`), { headers: { authorization: "Bearer of a test" } });
  await caughtUp(vault, receiver);
  await shipment.stop();
  assert.deepEqual(seen, [["POST", "/audit", "Bearer of a test", "application/json"]]);
  const moved = await vault.audit.ship(`${origin}/moved`);
  await assert.rejects(moved.ended, TransferError);
  assert.equal(seen.length, 2, "nobody else was asked");

  // Its query can have a token, which is in no lock's name; and another vault of that name has a place of its own.
  const names = [];
  const request = async (name, _options, held) => {
    names.push(name);
    await held({ name });
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  const place = await vault.audit.ship(`${origin}/audit?token=of-a-test`);
  await until(() => place.state.status === "shipping", "its turn");
  await place.stop();
  if (before) Object.defineProperty(globalThis, "navigator", before);
  else Reflect.deleteProperty(globalThis, "navigator");
  const digest = createHash("sha256").update(`${origin}/audit?token=of-a-test`).digest("hex");
  assert.deepEqual(names, [`strongroom-shipping ${vault.name} ${vault.id} sha256-${digest}`]);
  await vault.close();
});

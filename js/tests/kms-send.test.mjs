/** Requests that an adapter has the engine send: what is unwrapped stays there, behind a ticket. */
import assert from "node:assert/strict";
import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { escrow, escrowKey, KmsError, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { code, secret } from "./support.mjs";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const JWK = { .../** @type {any} */ (publicKey.export({ format: "jwk" })), kid: "escrow" };
const OAEP = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };

/** What the service answers to the unwrapped key. @type {(key: Buffer, answer: import("node:http").ServerResponse) => void} */
let answers;
/** Requests, and whether their connections were closed before an answer. @type {{ headers: any, cut: boolean }[]} */
const asked = [];
/** @type {import("node:http").Server} */
let server;
/** @type {string} */
let url;
/** @type {import("strongroom").Vault} */
let vault;
/** @type {string} */
let identity;

before(async () => {
  server = createServer(async (request, answer) => {
    const body = [];
    for await (const chunk of request) body.push(chunk);
    const seen = { headers: request.headers, cut: false };
    asked.push(seen);
    answer.on("close", () => (seen.cut = !answer.writableEnded));
    answers(privateDecrypt(OAEP, Buffer.from(JSON.parse(Buffer.concat(body).toString()).ciphertext, "base64")), answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/`;
  const { kty, n, e, kid } = JWK;
  vault = await Strongroom.create({ name: "work", factors: [secret(), escrow({ kty, n, e, kid })], store: testingStore() });
  identity = await vault.identity();
  await vault.lock();
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const json = (/** @type {object} */ body, status = 200) => (/** @type {any} */ answer) => answer.writeHead(status, { "content-type": "application/json", "x-told": "yes" }).end(JSON.stringify(body));
const giving = (/** @type {(key: Buffer) => object} */ bodyOf, status = 200) => (/** @type {Buffer} */ key, /** @type {any} */ answer) => json(bodyOf(key), status)(answer);
const good = giving((key) => ({ id: "escrow", key: key.toString("base64") }));

/** @param {any} question @param {object} [more] */
const requestOf = ({ encryptedKey }, more) => ({
  url,
  method: "POST",
  headers: { authorization: "Bearer token" },
  body: JSON.stringify({ ciphertext: Buffer.from(encryptedKey).toString("base64") }),
  secret: "key",
  encoding: "base64",
  ...more,
});

/** Unlocks the vault by an adapter with that `unwrap`, and locks it again. @param {(question: any) => any} unwrap */
async function unlockBy(unwrap) {
  try {
    await vault.unlock(escrowKey({ publicKey: async () => JWK, unwrap }), { identity });
    assert.equal(vault.unlocked, true);
  } finally {
    await vault.lock();
  }
}

const malformed = (/** @type {any} */ error) => {
  assert.ok(error instanceof KmsError, String(error));
  assert.equal(error.reason, "malformed", error.message);
  return true;
};

test("a ticket opens the vault, and the page sees the answer without its secret", async () => {
  answers = good;
  /** @type {any} */
  let seen;
  await unlockBy(async (question) => (seen = await question.send(requestOf(question))).secret);
  assert.deepEqual([seen.status, seen.headers["x-told"], JSON.parse(seen.body)], [200, "yes", { id: "escrow" }]);
  assert.ok(Object.isFrozen(seen.secret));
  assert.deepEqual([Reflect.ownKeys(seen.secret), JSON.stringify(seen.secret)], [[], "{}"]);
  const { cookie, referer, authorization } = asked.at(-1)?.headers ?? {};
  assert.deepEqual([cookie, referer, authorization], [undefined, undefined, "Bearer token"]);
  answers = giving((key) => ({ id: "escrow", key: key.toString("base64url") }));
  await unlockBy(async (question) => (await question.send(requestOf(question, { encoding: "base64url" }))).secret);
});

test("a ticket is good for one question, once", async () => {
  answers = good;
  /** @type {any[]} */
  const tickets = [];
  await unlockBy(async (question) => tickets[tickets.push((await question.send(requestOf(question))).secret) - 1]);
  // The one of before has the same number as this question's.
  await assert.rejects(unlockBy(async (question) => {
    await question.send(requestOf(question));
    return tickets[0];
  }), malformed);
  for (const odd of [{}, { ...tickets[0] }, Object.create(tickets[0]), new Proxy(tickets[0], {}), 0, "0", { ticket: 0 }, null]) {
    await assert.rejects(unlockBy(async (question) => {
      await question.send(requestOf(question));
      return odd;
    }), (error) => malformed(error) || code("ERR_ARGUMENT")(error));
  }
});

test("nothing is sent for a question that has its answer", async () => {
  answers = good;
  /** @type {any} */
  let late;
  await unlockBy(async (question) => {
    late = question;
    return (await question.send(requestOf(question))).secret;
  });
  const sent = asked.length;
  await assert.rejects(late.send(requestOf(late)), code("ERR_ABORTED"));
  assert.equal(asked.length, sent);
});

test("an answer without 32 bytes in their one form is none", async () => {
  const odd = [
    giving(() => ({})),
    giving((key) => ({ key: key.toString("base64url") })),
    giving((key) => ({ key: ` ${key.toString("base64")}` })),
    giving((key) => ({ key: key.toString("base64").replace(/=$/, "") })),
    giving((key) => ({ key: key.subarray(1).toString("base64") })),
    giving((key) => ({ key: Buffer.concat([key, key]).toString("base64") })),
    giving((key) => ({ key: [...key] })),
    giving((key) => ({ key: { key: key.toString("base64") } })),
    giving((key) => [key.toString("base64")]),
    giving((key) => ({ key: key.toString("base64"), padding: "x".repeat(70_000) })),
    (/** @type {Buffer} */ key, /** @type {any} */ answer) => answer.end(key.toString("base64")),
  ];
  for (const [at, given] of odd.entries()) {
    answers = given;
    await assert.rejects(unlockBy(async (question) => (await question.send(requestOf(question))).secret), malformed, String(at));
  }
  answers = giving((key) => ({ key: key.toString("base64"), sum: "1" }));
  await assert.rejects(unlockBy(async (question) => (await question.send(requestOf(question, { crc32c: "sum" }))).secret), malformed);
});

test("a refusal has its text and no ticket, and a redirect is an error", async () => {
  answers = giving(() => ({ code: "DisabledException" }), 400);
  /** @type {any} */
  let seen;
  await assert.rejects(unlockBy(async (question) => {
    seen = await question.send(requestOf(question));
    throw new KmsError("disabled", { reason: "disabled" });
  }), (/** @type {any} */ error) => error.reason === "disabled");
  assert.deepEqual([seen.status, seen.body, seen.secret], [400, '{"code":"DisabledException"}', undefined]);
  answers = (_, answer) => answer.writeHead(307, { location: "/elsewhere" }).end();
  const sent = asked.length;
  await assert.rejects(unlockBy(async (question) => (await question.send(requestOf(question))).secret), (/** @type {any} */ error) => error.reason === "unavailable");
  assert.equal(asked.length, sent + 1);
});

test("what a request does not take is refused before it is sent", async () => {
  const sent = asked.length;
  const odd = [
    { url: "http://kms.example/" }, { url: "/kms" }, { url: "file:///etc/passwd" }, { url: undefined }, { method: "DELETE" }, { method: undefined }, { headers: undefined },
    { headers: { a: 1 } }, { body: 7 }, { secret: "" }, { secret: undefined }, { encoding: "hex" }, { encoding: undefined }, { crc32c: 7 }, { signal: {} }, { redirect: "follow" }, { credentials: "include" },
  ];
  for (const more of odd) await assert.rejects(unlockBy((question) => question.send(requestOf(question, more))), code("ERR_ARGUMENT"), JSON.stringify(more));
  assert.equal(asked.length, sent);
});

/**
 * Fails as expected, and the connection of the request that arrived is closed.
 *
 * @param {(arrived: Promise<unknown>, question: any) => any} unwrap @param {string} expected
 */
async function cut(unwrap, expected) {
  const at = asked.length;
  const arrived = new Promise((resolve) => (answers = () => resolve(undefined)));
  await assert.rejects(unlockBy((question) => unwrap(arrived, question)), code(expected));
  while (!asked[at]?.cut) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("a request ends by its signal, with its call, and at a lock", async () => {
  const ending = new AbortController();
  await cut(async (arrived, question) => {
    void arrived.then(() => ending.abort());
    return (await question.send(requestOf(question, { signal: ending.signal }))).secret;
  }, "ERR_ABORTED");
  await cut(async (arrived, question) => {
    void question.send(requestOf(question)).catch(() => {});
    await arrived;
    throw new KmsError("enough", { reason: "denied" });
  }, "ERR_KMS");
  await cut(async (arrived, question) => {
    void arrived.then(() => vault.lock());
    return (await question.send(requestOf(question))).secret;
  }, "ERR_LOCKED");
});

test("an answer that breaks off is a service that cannot be reached, so that another region is asked, and hours of grace count", async () => {
  answers = (_, answer) => {
    answer.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    answer.write("{");
    setTimeout(() => answer.destroy(), 20);
  };
  await assert.rejects(unlockBy(async (question) => (await question.send(requestOf(question))).secret), (/** @type {any} */ error) => {
    assert.deepEqual([error.code, error.reason], ["ERR_KMS", "unavailable"], String(error));
    return true;
  });
});

/** What `strongroom/s3` makes of a store's answers. Whole transfers are tried in browsers, with a real store. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { buffer } from "node:stream/consumers";
import { downloadFromS3, uploadToS3 } from "strongroom/s3";
import { code, pattern, sharedVault, vaultWithKey } from "./support.mjs";

const MiB = 1024 * 1024;

/** What was asked for, and how the next requests are answered: `[status, headers, body]`, or 200. */
const asked = [];
const answers = [];
const server = createServer(async (request, response) => {
  const body = await buffer(request).catch(() => undefined);
  // The client gave up.
  if (!body) return;
  // Parts that were on their way when an upload ended must not take the answers of the next one.
  if (Number(request.headers["x-turn"] ?? turn) !== turn) return response.writeHead(410).end();
  asked.push({ method: request.method, path: request.url, headers: request.headers, body });
  const [status = 200, headers = { etag: '"tag"' }, text = " "] = answers.shift() ?? [];
  response.writeHead(status, headers);
  response.write(text);
  // A body that is shorter than was promised ends with its connection.
  if (text.length < Number(headers["content-length"] ?? 0)) setTimeout(() => response.destroy(), 50);
  else response.end();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
after(() => server.close());

const at = (path) => `http://127.0.0.1:${server.address().port}/${path}`;

const list = async () => ({ url: at("list") });
const get = async () => ({ url: at("get") });

/** Which presigner is in use: each has a turn of its own. */
let turn = 0;

/** Signs by counting, and tells what was asked of it. */
function presigner() {
  let count = 0;
  const calls = [];
  turn += 1;
  const headers = { "x-turn": String(turn) };
  const sign = (name) => async (...given) => {
    calls.push([name, ...given]);
    return { url: at(`${name}?${count++}`), headers };
  };
  const done = (name, value) => async (...given) => {
    calls.push([name, ...given]);
    return value;
  };
  const begun = { create: done("create", "an id"), complete: done("complete"), abort: done("abort") };
  return { calls, put: sign("put"), part: sign("part"), ...begun };
}

async function objectOf(size) {
  asked.length = 0;
  return (await sharedVault()).encrypt(pattern(size), { key: "photos" });
}

test("what fits into one part is one request", async () => {
  const object = await objectOf(1000);
  const signed = presigner();
  const { size, parts } = await uploadToS3(object, signed);
  assert.deepEqual([size, parts], [object.size, 1]);
  assert.deepEqual(signed.calls, [["put", object.size]]);
  assert.equal(asked[0].body.length, object.size);
});

test("a server may begin and end an upload itself", async () => {
  const signed = presigner();
  const { parts } = await uploadToS3(await objectOf(12 * MiB), signed, { partSize: 5 * MiB });
  assert.equal(parts, 3);
  const stored = [1, 2, 3].map((number) => ({ number, etag: '"tag"' }));
  assert.deepEqual(signed.calls.at(-1), ["complete", "an id", stored]);
});

test("a refused URL is asked for once more, and the same bytes are sent", async () => {
  const signed = presigner();
  answers.push([403]);
  await uploadToS3(await objectOf(1000), signed, { retries: 0 });
  assert.deepEqual(asked.map(({ path }) => path), ["/put?0", "/put?1"]);
  assert.deepEqual(asked[0].body, asked[1].body);
  answers.push([403], [403]);
  await assert.rejects(uploadToS3(await objectOf(1000), presigner()), { code: "ERR_TRANSFER", status: 403 });
});

test("a store in trouble is tried again when it says", async () => {
  answers.push([503, { "retry-after": "1" }]);
  const begun = Date.now();
  await uploadToS3(await objectOf(1000), presigner());
  assert.ok(Date.now() - begun >= 1000);
  answers.push([503, {}, "<Error><Code>SlowDown</Code></Error>"]);
  const refused = uploadToS3(await objectOf(1000), presigner(), { retries: 0 });
  await assert.rejects(refused, { code: "ERR_TRANSFER", status: 503, message: /SlowDown/ });
});

test("what is refused for good is given up at the store", async () => {
  const signed = presigner();
  answers.push([404], [404], [404]);
  await assert.rejects(uploadToS3(await objectOf(12 * MiB), signed), { code: "ERR_TRANSFER", status: 404 });
  assert.deepEqual(signed.calls.at(-1), ["abort", "an id"]);
  answers.length = 0;
});

test("a part without an ETag says what to change", async () => {
  answers.push([200, {}], [200, {}], [200, {}]);
  await assert.rejects(uploadToS3(await objectOf(12 * MiB), presigner()), { code: "ERR_TRANSFER", message: /CORS.*expose/ });
  answers.length = 0;
});

test("what is under way is held while somebody is asked", async () => {
  const seen = [];
  const onInterrupted = async ({ status }) => void seen.push(status);
  answers.push([500], [500]);
  await uploadToS3(await objectOf(1000), presigner(), { retries: 0, onInterrupted });
  assert.deepEqual(seen, [500, 500]);
  const stop = new AbortController();
  const never = () => {
    stop.abort();
    return new Promise(() => {});
  };
  answers.push([500]);
  const held = { retries: 0, signal: stop.signal, onInterrupted: never };
  await assert.rejects(uploadToS3(await objectOf(1000), presigner(), held), code("ERR_ABORTED"));
});

test("an application's own refusal is final, and its failed connection is not", async () => {
  const signed = presigner();
  const { put } = signed;
  signed.put = async () => {
    signed.put = put;
    throw new TypeError("fetch failed");
  };
  await uploadToS3(await objectOf(1000), signed);
  const denied = Object.assign(new Error("not yours"), { status: 401 });
  const refusing = { ...signed, put: () => Promise.reject(denied) };
  await assert.rejects(uploadToS3(await objectOf(1000), refusing), { code: "ERR_TRANSFER", status: 401, cause: denied });
});

test("an abort ends it, and arguments are checked", async () => {
  const signal = AbortSignal.abort("enough");
  await assert.rejects(uploadToS3(await objectOf(1000), presigner(), { signal }), { code: "ERR_ABORTED", cause: "enough" });
  for (const options of [{ concurrency: 0 }, { retries: -1 }, { retries: NaN }, { partSize: 1 }]) {
    await assert.rejects(uploadToS3(await objectOf(1000), presigner(), options), code("ERR_ARGUMENT"));
  }
});

const getOnce = () => downloadFromS3(at("get"), { retries: 1 });

test("a download goes on where it broke off, and with nothing but the same object", async () => {
  const whole = pattern(1000);
  const headers = { etag: '"one"', "content-length": "1000" };
  asked.length = 0;
  answers.push([200, headers, whole.slice(0, 400)], [206, { "content-length": "600" }, whole.slice(400)]);
  assert.deepEqual(new Uint8Array(await (await getOnce()).arrayBuffer()), whole);
  assert.equal(asked[1].headers.range, "bytes=400-");
  assert.equal(asked[1].headers["if-match"], '"one"');
  for (const other of [[412], [206, { "content-length": "601" }]]) {
    answers.push([200, headers, whole.slice(0, 400)], other);
    await assert.rejects((await getOnce()).arrayBuffer(), code("ERR_CHANGED"));
  }
  answers.push([200, headers, whole.slice(0, 400)], [200, headers, whole]);
  await assert.rejects((await getOnce()).arrayBuffer(), { code: "ERR_TRANSFER", message: /no ranges/ });
  answers.push([404]);
  await assert.rejects(getOnce(), { code: "ERR_TRANSFER", status: 404 });
});

test("an upload goes on with the parts that the store lists, page by page", async () => {
  const vault = await vaultWithKey();
  const file = new Blob([pattern(22 * MiB)]);
  const object = await vault.encrypt(file, { key: "photos" });
  const token = await object.resumeToken();
  await object.remember("somebody's own words");
  const signed = presigner();
  answers.push([], [500], [500]);
  asked.length = 0;
  const how = { partSize: 5 * MiB, concurrency: 1, retries: 0 };
  await assert.rejects(uploadToS3(object, signed, how), code("ERR_TRANSFER"));
  assert.ok(!signed.calls.some(([name]) => name === "abort"), "what can go on stays");
  const sent = asked[0].body;
  const page = (number, more) =>
    `<R><IsTruncated>${more}</IsTruncated><Part><PartNumber>${number}</PartNumber><ETag>&quot;${number}&quot;</ETag><Size>${5 * MiB}</Size></Part></R>`;
  answers.length = 0;
  answers.push([200, {}, page(1, true)], [200, {}, page(3, false)]);
  const again = await vault.resume(token, file);
  const next = presigner();
  const lists = [];
  const listed = async (...given) => {
    lists.push(given);
    return { url: at("list") };
  };
  asked.length = 0;
  const { parts } = await uploadToS3(again, { ...next, list: listed }, how);
  assert.deepEqual(lists, [["an id", 0], ["an id", 1]]);
  assert.equal(parts, 5);
  assert.deepEqual(next.calls.filter(([name]) => name === "part").map(([, , number]) => number), [2, 4, 5]);
  const [, , stored] = next.calls.at(-1);
  assert.deepEqual(stored.map(({ etag }) => etag), ['"1"', '"tag"', '"3"', '"tag"', '"tag"']);
  const bodies = asked.filter(({ path }) => path.startsWith("/part")).map(({ body }) => body);
  assert.equal(Buffer.concat([sent, ...bodies]).length, again.size - 5 * MiB);
  assert.deepEqual(await vault.uploads.list(), [], "what is stored is forgotten");
});

test("an upload that the store gave up is begun anew, and one that it completed is done", async () => {
  const vault = await vaultWithKey();
  const file = new Blob([pattern(12 * MiB)]);
  const how = { partSize: 5 * MiB, concurrency: 1, retries: 0 };
  const interrupted = async () => {
    const object = await vault.encrypt(file, { key: "photos" });
    await object.resumeToken();
    const whole = await object.bytes();
    answers.push([], [500]);
    await assert.rejects(uploadToS3(object, presigner(), how), code("ERR_TRANSFER"));
    answers.length = 0;
    return { object: await vault.resume(object.id, file), whole };
  };
  const { object: lost } = await interrupted();
  const anew = presigner();
  answers.push([404, {}, "<Code>NoSuchUpload</Code>"], [404]);
  await uploadToS3(lost, { ...anew, list, get }, how);
  assert.deepEqual(anew.calls.map(([name]) => name), ["create", "part", "part", "part", "complete"]);

  const { object: whole, whole: bytes } = await interrupted();
  const done = presigner();
  const tail = Buffer.from(bytes.subarray(-64));
  answers.push([404, {}, "<Code>NoSuchUpload</Code>"], [206, {}, tail]);
  const { size, parts } = await uploadToS3(whole, { ...done, list, get }, how);
  assert.deepEqual([size, parts, done.calls], [bytes.byteLength, 3, []]);
  assert.deepEqual(await vault.uploads.list(), []);
});

// The last one: Node's own fetch keeps wrong time once its timers were set ahead, and its next answers may be late.
test("an application that does not answer is as silent as a store, and an abort does not wait for it", async (t) => {
  const signed = presigner();
  const { put } = signed;
  let told;
  const asks = new Promise((resolve) => (told = resolve));
  signed.put = () => {
    told();
    return new Promise(() => {});
  };
  const object = await objectOf(1000);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  const onInterrupted = async ({ message }) => {
    seen.push(message);
    signed.put = put;
  };
  const sending = uploadToS3(object, signed, { onInterrupted });
  await asks;
  t.mock.timers.tick(30_000);
  await sending;
  assert.deepEqual(seen, ["the store has stopped answering"]);
  t.mock.timers.reset();
  const stop = new AbortController();
  const hung = { ...signed, put: () => new Promise(() => stop.abort("enough")) };
  await assert.rejects(uploadToS3(await objectOf(1000), hung, { signal: stop.signal }), { code: "ERR_ABORTED", cause: "enough" });
  const other = new AbortController();
  const unheard = { get: () => new Promise(() => other.abort("enough")) };
  await assert.rejects(downloadFromS3(unheard, { signal: other.signal }), { code: "ERR_ABORTED", cause: "enough" });
});

/** Downloads by `strongroom/s3` of what `decrypt(await fetch(url))` opens too: coded, or of a length that nobody says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { downloadFromS3 } from "strongroom/s3";
import { storeServer } from "./store-server.mjs";
import { code, pattern, vaultWithKey } from "./support.mjs";

const { answers, asked, at } = await storeServer();
const vault = await vaultWithKey();
const plain = pattern(600_000);
const stored = Buffer.from(await (await vault.encrypt(plain, { key: "photos" })).bytes());

async function opened(...answered) {
  answers.length = 0;
  asked.length = 0;
  answers.push(...answered);
  const response = await downloadFromS3(at("get"), { retries: 1 });
  return { length: response.headers.get("content-length"), bytes: await (await vault.decrypt(response)).bytes() };
}

/** An answer that is cut after some bytes. */
const cut = (status, headers, bytes) => (_request, response) => {
  response.writeHead(status, headers).write(bytes);
  setTimeout(() => response.destroy(), 50);
};

for (const [coding, compressed] of [["gzip", gzipSync], ["br", brotliCompressSync]]) {
  test(`an object behind ${coding} opens, with or without a length`, async () => {
    const coded = compressed(stored);
    for (const more of [{}, { "content-length": String(coded.length) }]) {
      const { length, bytes } = await opened([200, { "content-encoding": coding, ...more }, coded]);
      assert.deepEqual(bytes, plain);
      assert.equal(length, null);
    }
  });
}

test("an object without a length opens, and is told without one", async () => {
  const chunked = (_request, response) => response.writeHead(200).end(stored);
  const done = [];
  answers.length = 0;
  answers.push(chunked);
  const response = await downloadFromS3(at("get"), { onProgress: (progress) => done.push(progress) });
  assert.equal(response.headers.get("content-length"), null);
  assert.deepEqual(await (await vault.decrypt(response)).bytes(), plain);
  assert.deepEqual(done.at(-1), { done: stored.length, total: undefined });
});

test("an object without a length goes on where it broke off", async () => {
  const { length } = stored;
  const range = { "content-range": `bytes 400000-${length - 1}/${length}` };
  const { bytes } = await opened(cut(200, { etag: '"one"' }, stored.subarray(0, 400_000)), [206, range, stored.subarray(400_000)]);
  assert.deepEqual(bytes, plain);
  assert.equal(asked[1].headers.range, "bytes=400000-");
  assert.equal(asked[1].headers["if-match"], '"one"');
});

test("what was coded and breaks off says that it cannot go on", async () => {
  const coded = gzipSync(stored);
  answers.length = 0;
  answers.push(cut(200, { "content-encoding": "gzip" }, coded.subarray(0, 400_000)));
  const response = await downloadFromS3(at("get"), { retries: 1 });
  await assert.rejects(response.arrayBuffer(), { code: "ERR_TRANSFER", message: /coded/ });
});

test("a length that is none is no length", async () => {
  for (const length of ["-1", "1e9", "twelve"]) {
    // Node's own parser refuses such headers, so what the adapter sees is set by hand.
    const { fetch } = globalThis;
    globalThis.fetch = async () => {
      const response = new Response(stored);
      response.headers.set("content-length", length);
      return response;
    };
    try {
      const response = await downloadFromS3(at("get"));
      assert.equal(response.headers.get("content-length"), null, length);
      assert.deepEqual(await (await vault.decrypt(response)).bytes(), plain);
    } finally {
      globalThis.fetch = fetch;
    }
  }
});

test("a store that says an object ends where it did is believed as far as its last bytes prove it", async () => {
  const headers = { "content-length": String(stored.length) };
  const half = stored.subarray(0, 300_000);
  await assert.rejects(opened(cut(200, headers, half), [416, {}]), code("ERR_DECRYPT"));
});

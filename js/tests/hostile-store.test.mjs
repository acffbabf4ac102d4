/** Stores that answer more, longer or for longer than they were asked, and objects that claim to be larger than they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { downloadFromS3, uploadToS3 } from "strongroom/s3";
import { storeServer } from "./store-server.mjs";
import { code, pattern, vaultWithKey } from "./support.mjs";

const MiB = 1024 * 1024;
const { answers, asked, at } = await storeServer();
const signed = (name) => async () => ({ url: at(name) });
const how = { partSize: 5 * MiB, concurrency: 1, retries: 0 };

function presigner(more = {}) {
  const names = ["put", "part", "complete", "abort"];
  return { ...Object.fromEntries(names.map((name) => [name, signed(name)])), create: async () => "an id", ...more };
}

/** What a test lets a client take before it counts as taking everything. */
const ENOUGH = 64 * MiB;

/** Answers that go on until the client has had enough; `sent` counts. */
function endless(status, headers = {}) {
  const told = { sent: 0 };
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  const answer = (request, response) => {
    response.writeHead(status, headers);
    const more = () => {
      while (told.sent < ENOUGH && !response.destroyed) {
        told.sent += chunk.length;
        if (!response.write(chunk)) return response.once("drain", more);
      }
      response.end();
    };
    more();
  };
  return { answer, told };
}

/** What a client may have been sent beyond what it reads: what the connection's buffers hold. */
const BUFFERED = 16 * MiB;

async function stored(vault, size = 3 * MiB) {
  return (await vault.encrypt(pattern(size), { key: "photos" })).bytes();
}

test("a range's answer that goes on is cut off at what was asked for", async () => {
  const vault = await vaultWithKey();
  const bytes = Buffer.from(await stored(vault));
  answers.length = 0;
  const front = { "content-range": `bytes 0-16383/${bytes.length}` };
  const first = endless(206, front);
  answers.push(first.answer);
  await assert.rejects(vault.openObject(at("object")), code("ERR_NO_RANGES"));
  assert.ok(first.told.sent < BUFFERED, `${first.told.sent} bytes were taken`);
  const last = bytes.length - (bytes.length % 262_144);
  const second = endless(206, { "content-range": `bytes ${last}-${bytes.length - 1}/${bytes.length}` });
  answers.push([206, front, bytes.subarray(0, 16_384)], second.answer);
  await assert.rejects(vault.openObject(at("object")), code("ERR_NO_RANGES"));
  assert.ok(second.told.sent < BUFFERED, `${second.told.sent} bytes were taken`);
});

for (const [what, status, place] of [
  ["a refusal", 400, "put"],
  ["a result", 200, "complete"],
  ["a list of parts", 200, "list"],
  ["the end of the object", 206, "get"],
]) {
  test(`${what} that goes on is cut off`, async () => {
    const vault = await vaultWithKey();
    const small = place === "put";
    const object = await vault.encrypt(new Blob([pattern(small ? 1000 : 12 * MiB)]), { key: "photos" });
    if (place === "list") {
      await object.resumeToken();
      await object.remember(JSON.stringify({ s3: { upload: "an id", partSize: 5 * MiB } }));
    }
    const { answer, told } = endless(status);
    const [get, list] = [signed("get"), signed("list")];
    answers.length = 0;
    if (place === "put" || place === "list") answers.push(answer);
    else answers.push([], [], [], ...(place === "get" ? [[200, {}, ""]] : []), answer);
    const asks = presigner({ ...(place === "get" && { get }), ...(place === "list" && { list }) });
    await assert.rejects(uploadToS3(object, asks, how), code("ERR_TRANSFER"));
    assert.ok(told.sent > 0 && told.sent < BUFFERED, `${told.sent} bytes were taken`);
    answers.length = 0;
  });
}

/** An upload that goes on, with a store that lists its parts by these answers. */
async function resumedWith(pages, size = 12 * MiB) {
  const vault = await vaultWithKey();
  const object = await vault.encrypt(new Blob([pattern(size)]), { key: "photos" });
  await object.resumeToken();
  await object.remember(JSON.stringify({ s3: { upload: "an id", partSize: 5 * MiB } }));
  answers.length = 0;
  asked.length = 0;
  answers.push(...pages.map((page) => [200, {}, page]));
  return uploadToS3(object, presigner({ list: signed("list"), complete: async () => {} }), how);
}

const part = (number) => `<Part><PartNumber>${number}</PartNumber><ETag>"a"</ETag><Size>1</Size></Part>`;
const page = (more, ...numbers) =>
  `<ListPartsResult><IsTruncated>${more}</IsTruncated>${numbers.map(part).join("")}</ListPartsResult>`;
const lists = () => asked.filter(({ path }) => path === "/list").length;

test("XML of any shape is read in the time that its length takes", async () => {
  const size = 1_000_000;
  const fill = (text) => text.repeat(Math.ceil(size / text.length));
  const shapes = ["<Part>", "<Part", "<Part><ETag>", "<a b='", "<!--", "<?", "</Part>", "<Part/>", "&amp", "&#", "\"<a '"];
  for (const shape of shapes) {
    for (const text of [fill(shape), `<ListPartsResult>${fill(shape)}`]) {
      const before = performance.now();
      // Broken, or a list without a part: nothing is taken from it.
      await resumedWith([text], 1000).catch(code("ERR_TRANSFER"));
      const time = performance.now() - before;
      assert.ok(time < 5000, `${shape} took ${time} ms`);
    }
  }
});

test("a list of parts that does not advance, or never ends, ends", async () => {
  const refused = { code: "ERR_TRANSFER", message: /list of parts/ };
  await assert.rejects(resumedWith([page(true, 1), page(true, 1), page(true, 1)]), refused);
  assert.equal(lists(), 2);
  await assert.rejects(resumedWith([page(true, 2), page(true, 1)]), refused);
  await assert.rejects(resumedWith([page(true)]), refused);
  for (const number of ["10001", "1e4", "0x10", "-1", "1.5", "Infinity", ""]) {
    await assert.rejects(resumedWith([page(true, number)]), refused, number);
  }
});

test("a list of parts that was cut is asked for again, and believed about nothing", async () => {
  await assert.rejects(resumedWith([page(false, 1).slice(0, -5)]), code("ERR_TRANSFER"));
  assert.equal((await resumedWith([page(false, 1)])).parts, 3);
});

test("a part of the object is not taken for the whole", async () => {
  const headers = { "content-range": "bytes 400-999/1000", "content-length": "600" };
  answers.length = 0;
  answers.push([206, headers, pattern(600)]);
  await assert.rejects(downloadFromS3(at("get"), { retries: 0 }), { code: "ERR_TRANSFER", message: /206/ });
});

test("a download that resumes takes no other range than it asked for", async () => {
  const whole = pattern(1000);
  const cut = (_request, response) => {
    response.writeHead(200, { "content-length": "1000" }).write(whole.subarray(0, 400));
    setTimeout(() => response.destroy(), 50);
  };
  answers.length = 0;
  answers.push(cut, [206, { "content-range": "bytes 0-599/1000" }, Buffer.from(whole.subarray(0, 600))]);
  const response = await downloadFromS3(at("get"), { retries: 1 });
  await assert.rejects(response.arrayBuffer(), code("ERR_TRANSFER"));
});

/** What is stored of an object whose header claims that size. */
async function claiming(vault, claimed) {
  const file = new Blob([pattern(3 * MiB)]);
  const size = Object.getOwnPropertyDescriptor(Blob.prototype, "size").get;
  let claims = true;
  Object.defineProperty(file, "size", { get: () => (claims ? claimed : size.call(file)) });
  const object = await vault.encrypt(file, { key: "photos" });
  claims = false;
  const chunks = [];
  await assert.rejects(async () => {
    for await (const chunk of object.stream()) chunks.push(chunk);
  }, code("ERR_CHANGED"));
  assert.ok(chunks.length > 0);
  return new Blob(chunks);
}

for (const [what, read] of [
  ["a stream", (object) => object.stream().pipeTo(new WritableStream())],
  ["bytes", (object) => object.bytes()],
]) {
  test(`a size that a header claims sizes no buffer where ${what} of it is encrypted again`, async () => {
    const vault = await vaultWithKey();
    for (const claimed of [2 ** 30, 4 * 2 ** 40]) {
      const object = await claiming(vault, claimed);
      let most = 0;
      const before = process.memoryUsage().arrayBuffers;
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 1);
      try {
        const again = await vault.reencrypt(object.stream(), { key: "photos" });
        await assert.rejects(read(again), code("ERR_DECRYPT"));
      } finally {
        clearInterval(watch);
      }
      assert.ok(most < 64 * MiB, `${Math.round(most / MiB)} MiB were held`);
    }
  });
}

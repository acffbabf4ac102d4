/** What counts as stored: a result that names the object, and nothing else that is answered by 200. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadToS3 } from "strongroom/s3";
import { storeServer } from "./store-server.mjs";
import { code, pattern, sharedVault } from "./support.mjs";

const MiB = 1024 * 1024;
const NAMED = "<CompleteMultipartUploadResult><Key>a</Key><ETag>&quot;1-2&quot;</ETag></CompleteMultipartUploadResult>";
const { answers, asked, at } = await storeServer();
const how = { partSize: 5 * MiB, concurrency: 1, retries: 1 };

const signed = (name) => async () => ({ url: at(name) });
const get = signed("get");

/** A presigner whose requests all go to the store. */
function presigner(more = {}) {
  const names = ["put", "part", "complete", "abort"];
  return { ...Object.fromEntries(names.map((name) => [name, signed(name)])), create: async () => "an id", ...more };
}

/** An object of three parts that can be resumed, and its bytes as they are stored. */
async function resumable() {
  const vault = await sharedVault();
  for (const { token } of await vault.uploads.list()) await vault.uploads.remove(token);
  const object = await vault.encrypt(new Blob([pattern(12 * MiB)]), { key: "photos" });
  await object.resumeToken();
  const bytes = await object.bytes();
  asked.length = 0;
  answers.length = 0;
  return { vault, object, tail: Buffer.from(bytes.subarray(-64)) };
}

const PART = [200, { etag: '"tag"' }];
const PARTS = [PART, PART, PART];
const paths = () => asked.map(({ path }) => path);

for (const [what, answer] of [
  ["an empty body", ""],
  ["a body that was cut", NAMED.slice(0, 60)],
  ["a result that names nothing", "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>"],
  ["a page of a proxy", "<!DOCTYPE html><html><body>Please sign in<br></body></html>"],
  ["an error", "<Error><Code>InternalError</Code></Error>"],
]) {
  test(`parts that are put together with ${what} are no success, and the upload is kept`, async () => {
    const { vault, object } = await resumable();
    answers.push(...PARTS, [200, {}, answer], [200, {}, answer]);
    await assert.rejects(uploadToS3(object, presigner(), how), code("ERR_TRANSFER"));
    assert.deepEqual(paths(), ["/part", "/part", "/part", "/complete", "/complete"], "it is tried again, and not given up");
    assert.deepEqual((await vault.uploads.list()).map(({ token }) => token), [object.id]);
  });

  test(`${what} is asked about where the presigner has get`, async () => {
    const { vault, object, tail } = await resumable();
      answers.push(...PARTS, [200, {}, answer]);
    // An error is said by the store itself, which is then not asked about it.
    const known = what === "an error";
    answers.push(...(known ? [[200, {}, NAMED]] : [[206, {}, tail]]));
    assert.equal((await uploadToS3(object, presigner({ get }), how)).parts, 3);
    assert.equal(paths().at(-1), known ? "/complete" : "/get");
    assert.deepEqual(await vault.uploads.list(), []);
  });
}

test("a result is read as XML is written: declaration, white space, attributes, entities", async () => {
  const { vault, object } = await resumable();
  const text = `  <?xml version="1.0" encoding="UTF-8"?>\n<!-- > -->\n${NAMED.replace(">", ' xmlns="http://a/?a>b">')}\n`;
  answers.push(...PARTS, [200, {}, text]);
  assert.equal((await uploadToS3(object, presigner(), how)).parts, 3);
  assert.deepEqual(await vault.uploads.list(), []);
});

async function small() {
  const object = await (await sharedVault()).encrypt(pattern(1000), { key: "photos" });
  asked.length = 0;
  answers.length = 0;
  return object;
}

test("a PUT that something else answered by 200 is no success", async () => {
  const page = [200, { "content-type": "text/html" }, "<html>Please sign in</html>"];
  answers.length = 0;
  const object = await small();
  answers.push(page, page);
  const refused = { code: "ERR_TRANSFER", message: /ETag/ };
  await assert.rejects(uploadToS3(object, presigner(), how), refused);
  // Asked for by `get`, there is nothing either.
  const other = await small();
  answers.push(page, [404], page, [404]);
  await assert.rejects(uploadToS3(other, presigner({ get }), how), refused);
  assert.deepEqual(paths(), ["/put", "/get", "/put", "/get"]);
});

test("a PUT without an ETag that did store the object is found out by get", async () => {
  const object = await (await sharedVault()).encrypt(new Blob([pattern(1000)]), { key: "photos" });
  await object.resumeToken();
  const tail = Buffer.from((await object.bytes()).subarray(-64));
  asked.length = 0;
  answers.push([200, {}], [206, {}, tail]);
  assert.deepEqual(await uploadToS3(object, presigner({ get }), how), { size: object.size, parts: 1 });
  assert.deepEqual(paths(), ["/put", "/get"]);
});

/** What callbacks give: requests without a URL, answers that are refusals, things of another kind. Nothing is sent then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Uppy } from "@uppy/core";
import { abandonUpload, downloadFromS3, uploadToS3 } from "strongroom/s3";
import { Encryptor } from "strongroom/uppy";
import { storeServer } from "./store-server.mjs";
import { code, pattern, sharedVault, vaultWithKey } from "./support.mjs";

const MiB = 1024 * 1024;
const { answers, asked, at } = await storeServer();
const signed = (name) => async () => ({ url: at(name) });
const how = { partSize: 5 * MiB, concurrency: 1, retries: 5 };
const url = at("put");

function presigner(more = {}) {
  const names = ["put", "part", "complete", "abort"];
  return { ...Object.fromEntries(names.map((name) => [name, signed(name)])), create: async () => "an id", ...more };
}

/** Nothing that could be sent: what a server says that refuses, and what is easily given by mistake. */
const NO_REQUESTS = {
  "a refusal": { error: "sign in first" },
  "an empty url": { url: "" },
  "no url": { url: undefined },
  null: null,
  nothing: undefined,
  text: "https://store.example/a",
  "text that is no address": { url: "undefined" },
  "a relative address": { url: "a/b" },
  "another scheme": { url: "data:,x" },
  "a script": { url: "javascript:void 0" },
  "a number": { url: 7 },
  "an object for a url": { url: { href: "https://store.example" } },
  "a Response": new Response("{}"),
  "a Request": new Request("https://store.example/a"),
  "a list": ["https://store.example/a"],
  "a method that is none": { url, method: "P UT" },
  "a method of another kind": { url, method: 7 },
  "headers that are none": { url, headers: "x: y" },
  "a header of another kind": { url, headers: { "x-a": 7 } },
  "a header that breaks the line": { url, headers: { "x-a": "b\r\nx-c: d" } },
  "Headers, which no spread shows": { url, headers: new Headers({ "x-a": "b" }) },
};

const refusedBy = (name) => ({ code: "ERR_ARGUMENT", message: new RegExp(`\\b${name}\\b`) });

async function objectOf(size) {
  const object = await (await sharedVault()).encrypt(new Blob([pattern(size)]), { key: "photos" });
  answers.length = 0;
  asked.length = 0;
  return object;
}

const giving = (given) => async () => given;
const refusal = giving({ error: "sign in first" });

for (const [what, given] of Object.entries(NO_REQUESTS)) {
  test(`a presigner that gives ${what} is told so, and nothing is sent`, async () => {
    const give = giving(given);
    await assert.rejects(uploadToS3(await objectOf(1000), presigner({ put: give }), how), refusedBy("put"));
    assert.deepEqual(asked, []);
    await assert.rejects(downloadFromS3({ get: give }), refusedBy("get"));
    assert.deepEqual(asked, []);
  });
}

test("each request of an upload in parts is checked", async () => {
  for (const name of ["create", "part", "complete"]) {
    await assert.rejects(uploadToS3(await objectOf(12 * MiB), presigner({ [name]: refusal }), how), refusedBy(name));
    assert.ok(!asked.some(({ path }) => path === `/${name}`));
  }
  for (const id of ["", null, 7]) {
    const create = async () => id;
    await assert.rejects(uploadToS3(await objectOf(12 * MiB), presigner({ create }), how), refusedBy("create"), String(id));
  }
  // What stores the object has to say so, and what asks whether it is stored too.
  const nothing = presigner({ complete: giving(null) });
  await assert.rejects(uploadToS3(await objectOf(12 * MiB), nothing, how), refusedBy("complete"));
  const unclear = async () => {
    const object = await objectOf(1000);
    answers.push([200, {}]);
    return object;
  };
  await assert.rejects(uploadToS3(await unclear(), presigner({ get: refusal }), how), refusedBy("get"));
});

test("a list of parts that a server gives is checked", async () => {
  const part = { number: 1, etag: '"a"', size: 5 * MiB };
  const lists = [
    [null], [{ ...part, number: "1" }], [{ ...part, number: 0 }], [{ ...part, number: 10_001 }], [{ ...part, number: 1.5 }],
    [{ ...part, etag: "" }], [{ ...part, etag: undefined }], [{ ...part, size: "5" }], [{ ...part, size: -1 }],
    [part, part], {}, "", undefined,
  ];
  for (const list of lists) {
    const object = await objectOf(1000);
    await object.resumeToken();
    await object.remember(JSON.stringify({ s3: { upload: "an id", partSize: 5 * MiB } }));
    const failed = uploadToS3(object, presigner({ list: async () => list }), how);
    await assert.rejects(failed, refusedBy("list"), JSON.stringify(list));
    assert.deepEqual(asked, []);
  }
});

test("members of a presigner that are no functions are refused", async () => {
  for (const name of ["put", "list", "get"]) {
    await assert.rejects(uploadToS3(await objectOf(1000), presigner({ [name]: url }), how), code("ERR_ARGUMENT"));
  }
  await assert.rejects(downloadFromS3({ get: url }), code("ERR_ARGUMENT"));
});

test("a request may have more members, an address as a URL, and null for what is absent", async () => {
  const put = giving({ url: new URL(url), method: null, headers: null, expires: 60 });
  assert.equal((await uploadToS3(await objectOf(1000), presigner({ put }), how)).parts, 1);
});

test("an address that is none is refused where a download is asked for by it", async () => {
  for (const address of ["", "undefined", "a/b", "data:,x"]) {
    await assert.rejects(downloadFromS3(address), code("ERR_ARGUMENT"), address);
  }
});

test("an upload is abandoned though the presigner gives nothing that could be sent", async () => {
  const object = await objectOf(1000);
  await object.resumeToken();
  await object.remember(JSON.stringify({ s3: { upload: "an id", partSize: 5 * MiB } }));
  await abandonUpload(object, presigner({ abort: refusal }));
  assert.deepEqual(asked, []);
});

test("a header that a store refused does not count as stored", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt("x", { key: "photos", detached: true });
  const key = await vault.keys.get("photos");
  await key.rotate();
  const stores = [async () => new Response(null, { status: 403 }), () => Response.error()];
  for (const store of stores) {
    await assert.rejects(vault.rewrap([object]).run(store), { code: "ERR_INPUT", message: /not stored/ });
  }
  const report = await vault.rewrap([object]).run(async () => new Response(null, { status: 204 }));
  assert.deepEqual([report.done, report.failed], [1, 0]);
});

/** What becomes of one file that is added to Uppy with this plugin: its name, or why there is none. */
async function throughUppy(options) {
  const uppy = new Uppy().use(Encryptor, options);
  uppy.addFile({ name: "a.txt", type: "text/plain", data: new Blob(["a"]) });
  const failed = new Promise((resolve) => uppy.on("upload-error", (_file, error) => resolve(error)));
  const done = uppy.upload().then(() => uppy.getFiles()[0].name, () => failed);
  const outcome = await Promise.race([failed, done]);
  uppy.destroy();
  return outcome;
}

test("what Uppy's callbacks give is checked, and no file goes out as it was", async () => {
  const vault = await sharedVault();
  const encrypt = (data, _file, watch) => vault.encrypt(data, { key: "photos", ...watch });
  assert.match(await throughUppy({ encrypt }), /\.srm$/);
  assert.equal(await throughUppy({ encrypt, storedName: () => "b" }), "b");
  for (const given of [(data) => data, () => undefined, () => new Response("a"), async () => ({ blob: () => new Blob(["a"]) })]) {
    assert.equal((await throughUppy({ encrypt: given })).code, "ERR_ARGUMENT", String(given));
  }
  for (const name of ["", undefined, 7, Promise.resolve("b")]) {
    assert.equal((await throughUppy({ encrypt, storedName: () => name })).code, "ERR_ARGUMENT", String(name));
  }
  const onEncrypted = giving(new Response(null, { status: 403 }));
  assert.equal((await throughUppy({ encrypt, onEncrypted })).code, "ERR_INPUT");
});

/** Files that change on disk, and inputs of another frame. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";
import { downloadFromS3 } from "./strongroom/dist/s3.js";
import { vaults } from "./story.js";

const acme = () => vaults.get("acme");
const key = "photos";
let file;

/** A frame of the same origin, whose classes are its own. */
async function foreignFrame() {
  const frame = document.createElement("iframe");
  frame.srcdoc = "<p>another realm</p>";
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  return frame.contentWindow;
}

const decrypted = async (stored, options) => (await acme().decrypt(stored, options)).text();

async function restored(backup, name) {
  const vault = await Strongroom.restore(backup, { name });
  await vault.close();
  await Strongroom.delete(name);
  return "restored";
}

const streamOf = async (input) => (await acme().encrypt(input, { key })).stream();

/** What became of it. */
async function outcome(work) {
  try {
    return await work();
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}

Object.assign(window.story, {
  /** What the page holds of the chosen file, before anything is read. */
  choose() {
    [file] = document.querySelector("#file").files;
    return file.size;
  },
  encryptChosen: () =>
    outcome(async () => {
      const object = await acme().encrypt(file, { key });
      return (await acme().decrypt(await object.blob())).text();
    }),
  /** The digest that was signed, and verified in the page's copy of the file. */
  signChosen: () =>
    outcome(async () => {
      await acme().keys.ensure({ alias: "seal", purpose: "sign" });
      const signature = await acme().signFile(file, { key: "seal" });
      return (await acme().verifyFile(signature, file.stream(), { key: "seal" })).digest;
    }),
  openChosen: () => outcome(async () => (await acme().openObject(file)).size),
  /** Reads the first bytes of the object, and goes on with `encryptRest`. */
  async encryptFront() {
    window.reader = (await acme().encrypt(file, { key })).stream().getReader();
    return (await window.reader.read()).done;
  },
  encryptRest: () =>
    outcome(async () => {
      for (;;) if ((await window.reader.read()).done) return "done";
    }),

  /** Each kind of input of another frame: what comes out of it again. */
  async foreign() {
    const realm = await foreignFrame();
    const text = "of another frame";
    const bytes = new realm.Uint8Array(new TextEncoder().encode(text));
    const blob = new realm.Blob([text], { type: "text/plain" });
    const inputs = {
      bytes,
      buffer: bytes.buffer,
      view: new realm.DataView(bytes.buffer),
      blob,
      file: new realm.File([text], "foreign.txt", { lastModified: 1234 }),
      stream: new realm.Response(text).body,
      "a Blob's stream": blob.stream(),
      chunks: new ReadableStream({ start: (own) => (own.enqueue(bytes), own.close()) }),
    };
    const all = {};
    for (const [kind, input] of Object.entries(inputs)) {
      const encrypt = async () => decrypted(await (await acme().encrypt(input, { key })).blob());
      all[kind] = await outcome(encrypt);
    }
    return all;
  },
  /** The same of ciphertext, and of what else takes bytes. */
  async foreignCiphertext() {
    const realm = await foreignFrame();
    const text = "of another frame";
    const object = await acme().encrypt(new realm.File([text], "f.txt", { lastModified: 1234 }), { key, detached: true });
    const { header } = object;
    const stored = new Uint8Array(await object.arrayBuffer());
    const bytes = new realm.Uint8Array(stored);
    const blob = new realm.Blob([bytes]);
    const tried = {
      bytes: () => decrypted(bytes, { header }),
      blob: () => decrypted(blob, { header }),
      response: () => decrypted(new realm.Response(blob), { header }),
      header: () => decrypted(stored, { header: new realm.Uint8Array(header) }),
      name: async () => (await acme().decrypt(bytes, { header })).metadata.name,
      ranges: async () => new TextDecoder().decode(await (await acme().openObject(blob, { header })).read(0, 99)),
      url: async () => {
        const source = new realm.URL(realm.URL.createObjectURL(blob));
        return outcome(async () => (await acme().openObject(source, { header })).size);
      },
    };
    const all = {};
    for (const [kind, work] of Object.entries(tried)) all[kind] = await outcome(work);
    return all;
  },
  /** On a page whose `ReadableStream` is a polyfill: the browser's own streams, and the polyfill's, in and out. */
  async polyfilled() {
    const text = "a stream";
    const bytes = new TextEncoder().encode(text);
    const native = new Response(text).body;
    if (native instanceof ReadableStream) throw new Error("nothing was replaced");
    const chunked = new ReadableStream({ start: (own) => (own.enqueue(bytes), own.close()) });
    const tried = {
      native: async () => decrypted(await streamOf(native)),
      "a Blob's": async () => decrypted(await streamOf(new Blob([text]).stream())),
      "the polyfill's": async () => decrypted(await streamOf(chunked)),
      "an answer": async () => decrypted(new Response(await (await acme().encrypt(text, { key })).blob())),
    };
    const all = {};
    for (const [kind, work] of Object.entries(tried)) all[kind] = await outcome(work);
    return all;
  },
  async storedText(text) {
    const bytes = await (await acme().encrypt(text, { key })).bytes();
    return btoa(String.fromCharCode(...bytes));
  },
  download: (path) => outcome(async () => decrypted(await downloadFromS3(new URL(path, location.href)))),
  importPem: (alias, pem) => outcome(async () => (await acme().keys.import(pem, { alias, purpose: "sign" })).alias),
  /** A backup, a passphrase, a payload, a key and a date of another frame. */
  async foreignOthers() {
    const realm = await foreignFrame();
    const bytes = await (await acme().backup()).arrayBuffer();
    const copy = () => new realm.Uint8Array(new Uint8Array(bytes));
    await acme().keys.ensure({ alias: "signer", purpose: "sign" });
    const tried = {
      "backup as a Blob": () => restored(new realm.Blob([bytes]), "a"),
      "backup as bytes": () => restored(copy(), "b"),
      "backup as a buffer": () => restored(copy().buffer, "c"),
      passphrase: () => passphrase(new realm.Uint8Array([1])).kind,
      payload: async () => (await acme().sign(new realm.Uint8Array([1, 2]), { key: "signer" })).split(".").length,
      key: async () => (await acme().keys.import(new realm.Uint8Array(32).fill(7), { alias: "foreign" })).alias,
      date: async () => (await acme().keys.due(new realm.Date(0))).length,
      options: async () => (await acme().encrypt("x", realm.eval('({ key: "photos", context: { a: "b" } })'))).id.length,
    };
    const all = {};
    for (const [kind, work] of Object.entries(tried)) all[kind] = await outcome(work);
    return all;
  },
});

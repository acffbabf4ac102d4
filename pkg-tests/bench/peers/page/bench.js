/** What the runner asks for, one measurement at a time. Times are in milliseconds. */
import { argon2id } from "hash-wasm";
import { age } from "./age.js";
import * as aws from "./aws.js";
import { jwe } from "./jose.js";
import { secretstream } from "./libsodium.js";
import * as noble from "./noble.js";
import { pgp } from "./openpgp.js";
import * as strongroom from "./strongroom.js";
import * as subtle from "./subtle.js";

const makers = {
  strongroom: strongroom.objects,
  "crypto.subtle, one call": subtle.oneShot,
  "crypto.subtle, 256 KiB frames": subtle.framed,
  "@aws-crypto/client-browser, 4 KiB frames": aws.small,
  "@aws-crypto/client-browser, 1 MiB frames": aws.large,
  "age-encryption": age,
  "libsodium secretstream": secretstream,
  openpgp: pgp,
  jose: jwe,
  "@noble/ciphers, AES-GCM": noble.aesGcm,
  "@noble/ciphers, XChaCha20": noble.xchacha,
};

const made = {};
const peer = (name) => (made[name] ??= makers[name]());

async function timed(work) {
  const from = performance.now();
  const value = await work();
  return { value, took: performance.now() - from };
}

/** The time of one call: of as many as fit into a while, divided. */
async function each(work, atLeast) {
  let calls = 0;
  const from = performance.now();
  do {
    await work();
    calls++;
  } while (performance.now() - from < atLeast);
  return (performance.now() - from) / calls;
}

const inputs = new Map();

/** Random bytes, the same each time. */
function input(size) {
  if (inputs.has(size)) return inputs.get(size);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  inputs.set(size, bytes);
  return bytes;
}

/** The longest time for which the page could do nothing else. */
function gaps() {
  const channel = new MessageChannel();
  let longest = 0;
  let last = performance.now();
  channel.port1.addEventListener("message", () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    setTimeout(() => channel.port2.postMessage(0), 1);
  });
  channel.port1.start();
  channel.port2.postMessage(0);
  return () => {
    channel.port1.close();
    return Math.max(longest, performance.now() - last);
  };
}

const file = () => document.querySelector("#file").files[0];

/** A file of the origin's own, as a download leaves it. */
async function stored(name, stream) {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle(name, { create: true });
  if (stream) await stream.pipeTo(await handle.createWritable());
  return handle.getFile();
}

function reading(way, file) {
  const worker = new Worker("reader.js");
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data: { took, error } }) => {
      worker.terminate();
      if (error) reject(new Error(error));
      else resolve(took);
    });
    worker.postMessage({ way, file });
  });
}

async function whileRunning(work) {
  const stop = gaps();
  const { took } = await timed(work);
  return { took, gap: stop() };
}

const streams = {
  reading: (file, way) => reading(way, file),
  strongroom: async (file) => (await peer("strongroom")).encryptFile(file),
  "strongroom decrypts": async (file) => (await peer("strongroom")).decryptFile(file),
  "crypto.subtle, 256 KiB frames": async (file) => (await peer("crypto.subtle, 256 KiB frames")).encryptFile(file),
};
for (const name of ["age-encryption", "libsodium secretstream", "openpgp"]) {
  streams[name] = async (file) => strongroom.discard(await (await peer(name)).encryptStream(file.stream()));
}

const text = (at) => ({ card: "4111 1111 1111 1111", row: at, note: "x".repeat(48) });

window.story = {
  peers: () => Object.keys(makers),

  /** One round of one cell. What cannot take the size says so. */
  async memory(name, size, atLeast) {
    const { encrypt, decrypt } = await peer(name);
    const bytes = input(size);
    const sealed = await encrypt(bytes);
    await decrypt(sealed);
    return {
      encrypt: await each(() => encrypt(bytes), atLeast),
      decrypt: await each(() => decrypt(sealed), atLeast),
    };
  },

  async stream(name, way) {
    return whileRunning(() => streams[name](file(), way));
  },

  /** Puts the ciphertext into the origin's own file system. */
  async store() {
    const { encryptStream } = await peer("strongroom");
    return (await stored("sealed", await encryptStream(file()))).size;
  },

  async streamStored(name, way) {
    const sealed = await stored("sealed");
    return whileRunning(() => streams[name](sealed, way));
  },

  async values(count, atLeast) {
    const ours = await strongroom.values();
    const theirs = await peer("jose");
    const all = Array.from({ length: count }, (_, at) => text(at));
    const tokens = await ours.encryptAll(all);
    const encoded = all.map((value) => new TextEncoder().encode(JSON.stringify(value)));
    const foreign = await Promise.all(encoded.map((bytes) => theirs.encrypt(bytes)));
    const one = (of) => of / count;
    return {
      "strongroom, singly": [await each(() => ours.encrypt(all[0]), atLeast), await each(() => ours.decrypt(tokens[0]), atLeast)],
      "strongroom, in one call": [
        one(await each(() => ours.encryptAll(all), atLeast)),
        one(await each(() => ours.decryptAll(tokens), atLeast)),
      ],
      "jose, singly": [await each(() => theirs.encrypt(encoded[0]), atLeast), await each(() => theirs.decrypt(foreign[0]), atLeast)],
      "jose, all at once": [
        one(await each(() => Promise.all(encoded.map((bytes) => theirs.encrypt(bytes))), atLeast)),
        one(await each(() => Promise.all(foreign.map((token) => theirs.decrypt(token))), atLeast)),
      ],
    };
  },

  /** Argon2id at our cost: 64 MiB, 3 passes, 1 lane. Ours with all the rest of an unlock. */
  async unlock() {
    const parameters = { password: "correct horse battery staple", salt: input(16), outputType: "binary" };
    const cost = { memorySize: 65_536, iterations: 3, parallelism: 1, hashLength: 32 };
    const { took } = await timed(() => argon2id({ ...parameters, ...cost }));
    return { strongroom: await strongroom.unlock(), "hash-wasm, Argon2id alone": took };
  },
};

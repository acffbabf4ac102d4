/** What a Worker of this browser can do, tried out. */
import { ask } from "./ask.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const inWorker = {
  "wasm SIMD": async () => {
    const { instance } = await WebAssembly.instantiate(SEVEN_IN_A_LANE);
    return instance.exports.lane() === 7;
  },

  "nested Workers": () => ask(new Worker(location.href, { type: "module" }), "nothing"),

  "`crypto.subtle`": async () => {
    const { iv, key } = await aesGcm(true);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode("here"));
    return sealed.byteLength === 4 + 16;
  },

  "a `CryptoKey` kept in IndexedDB": async () => {
    const { iv, key } = await aesGcm(false);
    const canary = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode("here"));
    await withDatabase((store) => store.put(key, "key"), "readwrite");
    const back = await withDatabase((store) => store.get("key"), "readonly");
    return decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, back, canary)) === "here";
  },

  "strict durability of IndexedDB": async () => {
    let durability;
    await withDatabase((store) => {
      ({ durability } = store.transaction);
      return store.put("here", "text");
    }, "readwrite");
    return durability === "strict";
  },

  "OPFS": async () => {
    const folder = await navigator.storage.getDirectory();
    const file = await folder.getFileHandle("probe", { create: true });
    const access = await file.createSyncAccessHandle();
    const bytes = new Uint8Array(4);
    access.write(encoder.encode("here"), { at: 0 });
    access.read(bytes, { at: 0 });
    access.close();
    return decoder.decode(bytes) === "here";
  },

  "BYOB readers of `Blob.stream()`": async () => {
    const reader = new Blob(["here"]).stream().getReader({ mode: "byob" });
    return decoder.decode((await reader.read(new Uint8Array(8))).value) === "here";
  },

  "Web Locks": () =>
    navigator.locks.request("probe", () =>
      navigator.locks.request("probe", { ifAvailable: true }, (second) => second === null),
    ),

  "`BroadcastChannel`": () => {
    const [speaker, listener] = [new BroadcastChannel("probe"), new BroadcastChannel("probe")];
    const heard = new Promise((resolve) => (listener.onmessage = ({ data }) => resolve(data === "here")));
    speaker.postMessage("here");
    return heard;
  },
};

/** A module whose one function, `lane`, fills a vector with sevens and reads one of its lanes. */
const SEVEN_IN_A_LANE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // \0asm, version 1
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00], // () -> i32
  ...[0x07, 0x08, 0x01, 0x04, 0x6c, 0x61, 0x6e, 0x65, 0x00, 0x00], // export "lane"
  ...[0x0a, 0x0b, 0x01, 0x09, 0x00, 0x41, 0x07, 0xfd, 0x0f, 0xfd, 0x16, 0x03, 0x0b], // i8x16.splat, extract_lane_u 3
);

async function aesGcm(extractable) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, extractable, ["encrypt", "decrypt"]);
  return { key, iv: crypto.getRandomValues(new Uint8Array(12)) };
}

/** One request in one transaction of a connection of its own; its result, once the transaction is done. */
async function withDatabase(use, mode) {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("probe", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("store");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const transaction = database.transaction("store", mode, { durability: "strict" });
  const request = use(transaction.objectStore("store"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  }).finally(() => database.close());
}

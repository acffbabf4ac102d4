/** What a Worker of this browser can do, tried out. */
import { ask, heard } from "./ask.js";

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

  OPFS: async () => {
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

  "`BroadcastChannel`": async () => {
    const listener = new BroadcastChannel("probe");
    new BroadcastChannel("probe").postMessage("here");
    return (await heard(listener)) === "here";
  },
};

/** A module whose one function, `lane`, fills a vector with sevens and reads one of its lanes. */
const SEVEN_IN_A_LANE = fromHex(
  "0061736d 01000000", // version 1
  "01 05 01 60 00 01 7f", // the type () -> i32
  "03 02 01 00", // a function of it
  "07 08 01 04 6c616e65 00 00", // exported as "lane"
  "0a 0b 01 09 00 4107 fd0f fd1603 0b", // i32.const 7, i8x16.splat, i8x16.extract_lane_u 3
);

function fromHex(...hex) {
  return Uint8Array.from(hex.join("").match(/[0-9a-f]{2}/g), (byte) => Number.parseInt(byte, 16));
}

async function aesGcm(extractable) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, extractable, ["encrypt", "decrypt"]);
  return { key, iv: crypto.getRandomValues(new Uint8Array(12)) };
}

/** One request in one transaction of a connection of its own; its result, once the transaction is done. */
async function withDatabase(use, mode) {
  const opening = indexedDB.open("probe", 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("store"));
  await event(opening, "success", "error");
  const transaction = opening.result.transaction("store", mode, { durability: "strict" });
  const request = use(transaction.objectStore("store"));
  await event(transaction, "complete", "abort");
  opening.result.close();
  return request.result;
}

function event(target, good, bad) {
  return new Promise((resolve, reject) => {
    target.addEventListener(good, resolve);
    target.addEventListener(bad, () => reject(target.error));
  });
}

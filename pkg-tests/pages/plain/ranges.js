/** Steps for reading parts of objects, beside those of story.js. */
import { openFromS3 } from "./strongroom/dist/s3.js";
import { presigned, vaults } from "./story.js";

/** Open objects, by name. */
export const opened = new Map();
/** What was signed, told and asked to end, of the objects that are open by `strongroom/s3`. */
const transfers = new Map();
/** What waits, by name. */
const pending = new Map();

const context = (name) => ({ app: "ranges", object: name });
/** Repeats with no period that divides a segment. */
const byteAt = (at) => (at * 31 + (at >> 8)) & 0xff;
const isPart = (bytes, from) => bytes.every((byte, at) => byte === byteAt(from + at));

async function encrypted(name, size, options) {
  const plain = Uint8Array.from({ length: size }, (_, at) => byteAt(at));
  const object = await vaults.get("acme").encrypt(plain, { key: "photos", context: context(name), ...options });
  return { id: object.id, header: object.header, blob: await object.blob() };
}

/** Where the object comes from: an address, with what `fetch` takes; a Blob; or the page's own reading. */
async function sourceOf(kind, address) {
  if (kind === "url") return address;
  if (kind === "init") return { url: new URL(address), headers: { "x-asked": "yes" }, credentials: "omit" };
  if (kind === "presigned") return (await presigned({ action: "get", key: address })).url;
  const blob = await (await fetch(address)).blob();
  if (kind === "blob") return blob;
  const read = async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
  return { size: blob.size, read };
}

Object.assign(window.story, {
  async store(name, address, size, options = {}) {
    const { id, header, blob } = await encrypted(name, size, options);
    await fetch(address, { method: "PUT", body: blob });
    return { id, size: blob.size, header: new TextDecoder().decode(header) };
  },
  async storeInS3(name, size) {
    const { blob } = await encrypted(name, size, {});
    const { url, headers, method } = await presigned({ action: "put", key: name });
    const { ok } = await fetch(url, { method, headers, body: blob });
    return ok;
  },
  /** The object in the place of an earlier one. */
  async replaceInS3(name, size) {
    const { url, headers, method } = await presigned({ action: "delete", key: name });
    await fetch(url, { method, headers });
    return story.storeInS3(name, size);
  },
  /** @param urls what the presigner gives first; the last of them again and again where `only` is set */
  async openFromS3(name, { urls = [], only = false, retries = 2 } = {}) {
    const stop = new AbortController();
    const about = { signed: 0, told: [], stop };
    transfers.set(name, about);
    const get = async () => {
      const given = urls[only ? Math.min(about.signed, urls.length - 1) : about.signed];
      about.signed++;
      return given === undefined ? presigned({ action: "get", key: name }) : { url: given };
    };
    const onRetrying = ({ error, attempt }) => about.told.push([error.status ?? null, attempt]);
    const source = await openFromS3({ get }, { retries, signal: stop.signal, onRetrying });
    const object = await vaults.get("acme").openObject(source, { context: context(name) });
    opened.set(name, object);
    return { size: object.size, stored: source.size };
  },
  /** How often the presigner was asked, and which retries were told. */
  toldOf: (name) => [transfers.get(name).signed, transfers.get(name).told],
  stopReading: (name) => transfers.get(name).stop.abort(),
  async openObject(name, kind, address, options = {}) {
    const source = await sourceOf(kind, address);
    const object = await vaults.get("acme").openObject(source, { context: context(name), ...options });
    opened.set(name, object);
    return { id: object.id, size: object.size, origin: object.origin };
  },
  /** Reads side by side; how many bytes each gave, and whether they are the right ones. */
  async readObject(name, ...ranges) {
    const parts = await Promise.all(ranges.map(([from, length]) => opened.get(name).read(from, length)));
    return parts.map((bytes, at) => [bytes.byteLength, isPart(bytes, ranges[at][0])]);
  },
  async streamObject(name, from, to) {
    let at = from;
    let right = true;
    for (const reader = opened.get(name).stream({ from, to }).getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return [at - from, right];
      right &&= isPart(value, at);
      at += value.byteLength;
    }
  },
  /** Begins to read what never comes. */
  beginReading(name) {
    const read = opened.get(name).read(opened.get(name).size >> 1, 10);
    pending.set(name, read.then(() => "read", (error) => error.code));
  },
  ended: (name) => pending.get(name),
  closeObject: (name) => opened.get(name).close(),
});

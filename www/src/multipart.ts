/** Uploads in parts: constant memory, whatever the object's size. */

import { patiently, type Patience } from "./patience";
import { cleanUp, perform, send, storeError, StoreError } from "./store";

/** S3's parts but the last are at least 5 MiB; 8 keeps three of them (two sent, one filled) small. */
const PART = 8 * 1024 * 1024;

/** S3 counts parts up to 10,000: larger objects get larger parts. */
const MAX_PARTS = 10_000;

/** Parts sent at the same time; the next one fills meanwhile. */
const IN_FLIGHT = 2;

/** How long a store may take to put the parts together before it answers, in ms. */
const ASSEMBLY = 600_000;

/**
 * Uploads `stream` under `key`. What is in flight when the connection goes is held, and sent again as it
 * was. Whatever fails for good, the store is told to drop the parts.
 *
 * @param size bytes that the stream will give
 * @param onSent bytes that have left so far
 */
export async function uploadParts(
  key: string,
  stream: ReadableStream<Uint8Array>,
  size: number,
  patience: Patience,
  onSent: (bytes: number) => void,
): Promise<void> {
  const upload = await patiently(() => create(key, patience.signal), patience);
  try {
    const etags = await sendParts(key, upload, parts(stream, partSize(size)), patience, onSent);
    patience.signal.throwIfAborted();
    await patiently((again) => complete(key, upload, etags, again), patience);
  } catch (error) {
    void cleanUp(() => perform({ action: "multipart-abort", key, upload }));
    throw error;
  }
}

async function create(key: string, signal: AbortSignal): Promise<string> {
  const created = await perform({ action: "multipart-create", key }, { signal });
  return element(await created.text(), "UploadId");
}

async function sendParts(
  key: string,
  upload: string,
  bodies: AsyncIterable<Blob>,
  { signal, ask }: Patience,
  onSent: (bytes: number) => void,
): Promise<string[]> {
  const stop = new AbortController();
  const patience = { signal: AbortSignal.any([signal, stop.signal]), ask };
  const sent: number[] = [];
  const report = (index: number) => (bytes: number) => {
    sent[index] = bytes;
    onSent(sent.reduce((sum, part) => sum + part, 0));
  };
  const all: Promise<string>[] = [];
  const flying = new Set<Promise<unknown>>();
  try {
    for await (const body of bodies) {
      const index = all.length;
      const part = { action: "multipart-part", key, upload, part: index + 1 } as const;
      const sending = patiently(
        (again) => sendPart(part, body, patience.signal, report(index), again),
        patience,
      );
      all.push(sending);
      const flight = sending.finally(() => flying.delete(flight));
      // It is awaited below; until then a rejection must not count as unheard.
      flight.catch(() => undefined);
      flying.add(flight);
      if (flying.size >= IN_FLIGHT) await Promise.race(flying);
    }
    return await Promise.all(all);
  } finally {
    // After a failure the others must not go on, nor reject unheard.
    stop.abort();
    await Promise.allSettled([...all, ...flying]);
  }
}

async function sendPart(
  action: { action: "multipart-part"; key: string; upload: string; part: number },
  body: Blob,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
  again: boolean,
): Promise<string> {
  // A refusal may be lost in the connection that is closed upon it while bytes are sent: without any it
  // is heard. What follows takes this part's place.
  if (again) await send(action, new Blob(), signal, () => undefined).catch(tellDropped);
  const etag = await send(action, body, signal, onSent);
  if (etag === "") throw new StoreError("The store's CORS rules must expose ETag.", 0);
  onSent(body.size);
  return etag;
}

/** An upload that a store denies all of a sudden it has given up: what was sent is gone. */
function tellDropped(error: unknown): never {
  const denied = error instanceof StoreError && (error.status === 403 || error.status === 404);
  if (denied) throw new StoreError("The store has dropped what was sent.", 410, error);
  throw error;
}

/** Not to be cancelled half-way: the store could be left with neither an object nor an upload. */
async function complete(
  key: string,
  upload: string,
  etags: string[],
  again: boolean,
): Promise<void> {
  const listed = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escape(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`;
  const action = { action: "multipart-complete", key, upload } as const;
  const done = await perform(action, { body }, ASSEMBLY).catch(unlessStored(again));
  if (!done) return;
  // S3 may answer 200 before it knows, and put the error into the body.
  const text = await done.text();
  if (text.includes("<Error>")) throw storeError(500, text);
}

/** What an earlier attempt stored though its answer was lost, `If-None-Match` refuses to store again. */
export function unlessStored(again: boolean): (error: unknown) => undefined {
  return (error) => {
    if (!(again && error instanceof StoreError && error.status === 412)) throw error;
  };
}

/** Cuts a stream into blobs of `size` bytes; the last is what remains. */
async function* parts(stream: ReadableStream<Uint8Array>, size: number): AsyncGenerator<Blob> {
  const reader = stream.getReader();
  let held: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      let rest = value;
      while (length + rest.length >= size) {
        const cut = size - length;
        yield new Blob([...held, rest.subarray(0, cut)] as BlobPart[]);
        [held, length, rest] = [[], 0, rest.subarray(cut)];
      }
      if (rest.length > 0) held.push(rest);
      length += rest.length;
    }
    if (length > 0) yield new Blob(held as BlobPart[]);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function partSize(size: number): number {
  const least = Math.ceil(size / MAX_PARTS);
  return Math.max(PART, Math.ceil(least / PART) * PART);
}

function element(xml: string, name: string): string {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  const text = found.getElementsByTagName(name)[0]?.textContent;
  if (!text) throw new StoreError("The store did not begin an upload.");
  return text;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

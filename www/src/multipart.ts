/** Uploads in parts: constant memory, whatever the object's size. */

import { perform, send, storeError, StoreError } from "./store";

/** S3's parts but the last are at least 5 MiB; 8 keeps three of them (two sent, one filled) small. */
const PART = 8 * 1024 * 1024;

/** S3 counts parts up to 10,000: larger objects get larger parts. */
const MAX_PARTS = 10_000;

/** Parts sent at the same time; the next one fills meanwhile. */
const IN_FLIGHT = 2;

/** How often one part is sent before the upload fails. Its bytes are held, so they are the same. */
const ATTEMPTS = 3;

/**
 * Uploads `stream` under `key`. Whatever fails, the store is told to drop the parts.
 *
 * @param size bytes that the stream will give
 * @param onSent bytes that have left so far
 */
export async function uploadParts(
  key: string,
  stream: ReadableStream<Uint8Array>,
  size: number,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<void> {
  const created = await perform({ action: "multipart-create", key }, { signal });
  const upload = element(await created.text(), "UploadId");
  try {
    const etags = await sendParts(key, upload, parts(stream, partSize(size)), signal, onSent);
    signal.throwIfAborted();
    await complete(key, upload, etags);
  } catch (error) {
    // The first failure is the one to tell; parts that stay behind are the store's to expire.
    await perform({ action: "multipart-abort", key, upload }).catch(() => undefined);
    throw error;
  }
}

async function sendParts(
  key: string,
  upload: string,
  bodies: AsyncIterable<Blob>,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<string[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
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
      const sending = sendPart(part, body, either, report(index));
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
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const etag = await send(action, body, signal, onSent);
      if (etag === "") throw new StoreError("The store's CORS rules must expose ETag.", 0);
      onSent(body.size);
      return etag;
    } catch (error) {
      const passing =
        error instanceof StoreError && (error.status === undefined || error.status >= 500);
      if (!passing || signal.aborted || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Not to be cancelled half-way: the store could be left with neither an object nor an upload. */
async function complete(key: string, upload: string, etags: string[]): Promise<void> {
  const listed = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escape(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`;
  const done = await perform({ action: "multipart-complete", key, upload }, { body });
  // S3 may answer 200 before it knows, and put the error into the body.
  const text = await done.text();
  if (text.includes("<Error>")) throw storeError(500, text);
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

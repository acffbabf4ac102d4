/** One object as it arrives, over as many connections as that takes. */

import { patiently, type Patience } from "./patience";
import { watchSilence } from "./silence";
import { perform, SILENT, StoreError } from "./store";

/**
 * The whole object. Where a connection breaks off, the rest is asked for and follows: should the store
 * have another object by then, the two do not decrypt as one.
 */
export async function download(key: string, patience: Patience): Promise<Response> {
  const { signal } = patience;
  let at = 0;
  const connect = async () => {
    const headers = at > 0 ? { range: `bytes=${at}-` } : undefined;
    const response = await perform({ action: "get", key }, { signal, ...(headers && { headers }) });
    if (at > 0 && response.status !== 206) throw new StoreError("The store gives no ranges.", 200);
    return response;
  };

  const first = await patiently(connect, patience);
  const size = Number(first.headers.get("content-length"));
  let reader = first.body?.getReader();
  const read = async (again: boolean) => {
    if (again) reader = (await connect()).body?.getReader();
    const chunk = reader && (await readChunk(reader));
    // Some browsers take a connection that was cut for the end.
    if (!chunk && at < size) throw new StoreError("The connection broke off.");
    return chunk;
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const chunk = await patiently(read, patience);
        if (!chunk) return controller.close();
        at += chunk.length;
        controller.enqueue(chunk);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(stream as BodyInit, { headers: { "content-length": String(size) } });
}

/** The next bytes; `undefined` at the end. */
async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | undefined> {
  let silent = false;
  const watch = watchSilence(() => {
    silent = true;
    // What waits for bytes gets the end instead.
    reader.cancel().catch(() => undefined);
  });
  try {
    const { value } = await reader.read();
    if (silent) throw new StoreError(SILENT);
    return value;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError("The connection broke off.", undefined, error);
  } finally {
    watch.end();
  }
}

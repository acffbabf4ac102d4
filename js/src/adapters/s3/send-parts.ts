/** Parts on their way, a few at a time. */
import type { Part } from "../../page/objects/upload-parts.js";
import { throwIfAborted } from "../../shared/async.js";
import type { StoredPart, UploadPresigner } from "./presigner.js";
import { etagOf, request } from "./request.js";
import { patiently, type Attempts } from "./retry.js";
import { answerOf } from "./silence.js";
import type { SentObject } from "./stored.js";

/** Whom to tell what was sent. @internal */
export interface PartListener {
  /** Bytes of one part that have left so far, 0 when they are lost. */
  sending(number: number, bytes: number): void;
  stored(number: number, bytes: number): void;
}

/** Sends all parts, in any order; when one fails for good, the others end. @internal */
export async function sendParts(
  parts: AsyncIterable<Part>,
  upload: string,
  presigner: UploadPresigner,
  options: Attempts & { concurrency: number },
  sent: PartListener,
): Promise<{ stored: StoredPart[]; whole: SentObject }> {
  const stop = new AbortController();
  const signals = options.signal ? [options.signal, stop.signal] : [stop.signal];
  const patience = { ...options, signal: AbortSignal.any(signals) };
  const all: Promise<StoredPart>[] = [];
  const flying = new Set<Promise<unknown>>();
  let whole: SentObject | undefined;
  try {
    for await (const part of parts) {
      throwIfAborted(options.signal);
      const sending = sendPart(part, upload, presigner, patience, sent);
      all.push(sending);
      if (part.last) whole = { size: part.offset + part.blob.size, end: part.blob };
      const flight = sending.finally(() => flying.delete(flight));
      // It is awaited below; until then a rejection must not count as unheard.
      flight.catch(() => {});
      flying.add(flight);
      if (flying.size >= options.concurrency) await Promise.race(flying);
    }
    return { stored: await Promise.all(all), whole: whole as SentObject };
  } finally {
    stop.abort();
    await Promise.allSettled([...all, ...flying]);
  }
}

function sendPart(
  { number, blob }: Part,
  upload: string,
  presigner: UploadPresigner,
  patience: Attempts,
  sent: PartListener,
): Promise<StoredPart> {
  const onSent = (bytes: number): void => sent.sending(number, bytes);
  return patiently(async () => {
    const signed = await answerOf(() => presigner.part(upload, number, blob.size), patience);
    throwIfAborted(patience.signal);
    try {
      const sending = { method: "PUT", body: blob, signal: patience.signal, onSent };
      const etag = etagOf(await request(signed, sending));
      sent.stored(number, blob.size);
      return { number, etag };
    } catch (error) {
      onSent(0);
      throw error;
    }
  }, patience);
}

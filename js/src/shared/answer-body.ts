/** The bodies of answers, which may be longer than was asked for, come slowly or never end. */
import type { Bytes } from "./bytes.js";
import { GrowingBytes } from "./growing-bytes.js";
import { watchSilence } from "./watch-silence.js";

/** Nothing arrived for too long: half a minute without a byte, or ten minutes for a body that is read at once. @internal */
export class SilentAnswer extends Error {}

/** How long a body that is read at once may take, in ms: a few MiB on a connection that hardly moves. */
const LONGEST_BODY = 600_000;

/** The next bytes of an answer; `undefined` at its end. @throws SilentAnswer, or what the stream fails with @internal */
export async function nextOfAnswer(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Bytes | undefined> {
  let silent = false;
  const watch = watchSilence(() => {
    silent = true;
    // What waits for bytes gets the end instead.
    reader.cancel().catch(() => {});
  });
  try {
    const { value } = await reader.read();
    if (!silent) return value as Bytes | undefined;
  } finally {
    watch.end();
  }
  throw new SilentAnswer();
}

/**
 * An answer's body, where it has `most` bytes at most; otherwise `undefined`, and the rest is not read.
 *
 * @throws SilentAnswer, or what the stream fails with @internal
 */
export async function answerBody({ body }: Response, most: number): Promise<Bytes | undefined> {
  const whole = new GrowingBytes(most);
  if (!body) return whole.done();
  const reader = body.getReader();
  const end = Date.now() + LONGEST_BODY;
  for (;;) {
    const chunk = await nextOfAnswer(reader);
    if (!chunk) return whole.done();
    const late = Date.now() > end;
    if (whole.push(chunk) && !late) continue;
    reader.cancel().catch(() => {});
    if (late) throw new SilentAnswer();
    return undefined;
  }
}

/** Ends an answer whose body nobody reads. @internal */
export function dropBody({ body }: Response): void {
  if (!body?.locked) body?.cancel().catch(() => {});
}

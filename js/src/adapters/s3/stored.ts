/** Whether a request that is refused did its work before: its answer was lost, or something on the way sent it twice. */
import { answerBody, dropBody } from "../../shared/answer-body.js";
import { sameBytes } from "../../shared/bytes.js";
import { TransferError } from "../../shared/errors/index.js";
import type { UploadPresigner } from "./presigner.js";
import { throwBroken } from "./answer-text.js";
import { request } from "./request.js";
import { answerOf } from "./silence.js";

/** What the store should have. @internal */
export interface SentObject {
  size: number;
  /** Its last bytes, from the beginning of the last part. */
  end: Blob;
}

/** Bytes of the end that are looked at: random ones, and in them the last segment's tag. */
const TAIL = 64;

/** The upload is not known, or no longer; or the name is taken, where the URL forbids to write it twice. */
const MAYBE_STORED = new Set([403, 404, 412]);
/** The same, in the body of a 200. */
const MAYBE_STORED_CODES = new Set(["NoSuchUpload", "PreconditionFailed"]);
const NOT_STORED = new Set([403, 404, 416]);

/** Takes such a refusal for success when the store has the very object that was sent. @internal */
export function unlessStored(
  whole: SentObject,
  presigner: UploadPresigner,
): (error: unknown) => Promise<undefined> {
  return async (error) => {
    const refused =
      error instanceof TransferError &&
      (MAYBE_STORED.has(error.status ?? 0) || MAYBE_STORED_CODES.has(error.storeCode ?? ""));
    if (!(refused && (await isStored(whole, presigner)))) throw error;
    return undefined;
  };
}

/** Asks the store about an answer that does not say what became of the object. @throws TransferError @internal */
export async function confirmStored(whole: SentObject, presigner: UploadPresigner, unclear: string): Promise<void> {
  if (!(await isStored(whole, presigner))) throw new TransferError(unclear);
}

/** Whether the store has that very object, as far as it can be asked. @internal */
export async function isStored({ size, end }: SentObject, presigner: UploadPresigner): Promise<boolean> {
  if (!presigner.get) return false;
  const signed = await answerOf(() => presigner.get!());
  const tail = end.slice(-TAIL);
  const headers = { range: `bytes=${size - tail.size}-` };
  try {
    const response = await request(signed, { method: "GET", headers });
    if (response.status !== 206) {
      dropBody(response);
      return false;
    }
    const [theirs, ours] = await Promise.all([answerBody(response, tail.size).catch(throwBroken), tail.arrayBuffer()]);
    return theirs !== undefined && sameBytes(theirs, new Uint8Array(ours));
  } catch (error) {
    // There is none, or it is shorter, or not to be read.
    if (error instanceof TransferError && NOT_STORED.has(error.status ?? 0)) return false;
    throw error;
  }
}

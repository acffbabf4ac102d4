/** Saving plaintext in a file, without holding it in memory. */
import { isStrongroomError, QuotaError, StorageError, UnsupportedError } from "../../shared/errors/index.js";
import { withMethods } from "../../shared/options.js";

/** A file that the person chose (`showSaveFilePicker`) or of the page's own (OPFS); or a stream that writes one. */
export type SaveTarget = FileSystemFileHandle | WritableStream<Uint8Array<ArrayBuffer>>;

/**
 * Writes a stream to its end and closes the file. On any failure the stream is aborted: a browser then leaves the file that
 * a handle names as it was, so that nothing that is cut looks whole. @internal
 */
export async function saveTo(target: SaveTarget, stream: () => ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const writable = await writableOf(target);
  try {
    await stream().pipeTo(writable);
  } catch (cause) {
    // Where the object cannot be read at all, nothing has aborted it yet.
    await writable.abort(cause).catch(() => {});
    throw isStrongroomError(cause) ? cause : notWritten(cause);
  }
}

async function writableOf(target: SaveTarget): Promise<WritableStream<Uint8Array<ArrayBuffer>>> {
  if (typeof target === "object" && target !== null && "getWriter" in target) return target;
  if (typeof target === "object" && target !== null && "getFile" in target && !("createWritable" in target)) {
    const what = "writing to a file that was chosen";
    throw new UnsupportedError(`not supported: ${what}; give { download } to localUrl, or use blob()`, { what });
  }
  const handle = withMethods(target, "the target", ["createWritable"]);
  return handle.createWritable().catch((cause: unknown) => {
    throw notWritten(cause);
  });
}

function notWritten(cause: unknown): Error {
  if ((cause as Partial<Error> | null)?.name === "QuotaExceededError") return new QuotaError("no room for the file", { cause });
  return new StorageError("the file could not be written", { cause });
}

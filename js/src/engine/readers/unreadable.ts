/** Why a Blob or File cannot be read. */
import { readByFileReader } from "../../shared/blobs.js";
import { ChangedError, InputError, StrongroomError } from "../../shared/errors/index.js";

/** What the File API calls a file that is gone, or a folder; and one that changed, or that nobody may read (§6.3). */
const GONE = "NotFoundError";
const OTHER = "NotReadableError";

/**
 * The error to reject with. Chromium's streams of a file fail with "network error", Firefox's with "Error in input
 * stream", for every reason: `FileReader` has it.
 */
export async function unreadable(blob: Blob, cause: unknown): Promise<StrongroomError> {
  if (cause instanceof StrongroomError) return cause;
  const reason = isReason(cause) ? cause : await reasonOf(blob);
  if (reason === undefined) return new InputError(`the input could not be read: ${String(cause)}`, { cause });
  const gone = "the file changed, was moved or removed since it was chosen, or it is a folder; choose it again";
  const other = "the file changed since it was chosen, or may not be read; choose it again";
  return new ChangedError(nameOf(reason) === GONE ? gone : other, { cause: reason });
}

/**
 * What `FileReader` says of a file's first byte; `undefined` where it reads it. Chromium and WebKit compare the file's date
 * each time. Of an empty slice everything can be read: an empty file is asked for as it is.
 */
export async function reasonOf(blob: Blob): Promise<unknown> {
  if (typeof FileReader === "undefined") return undefined;
  try {
    await readByFileReader(blob.size === 0 ? blob : blob.slice(0, 1));
    return undefined;
  } catch (reason) {
    return isReason(reason) ? reason : undefined;
  }
}

function isReason(error: unknown): boolean {
  return [GONE, OTHER].includes(nameOf(error) ?? "");
}

function nameOf(error: unknown): string | undefined {
  return (error as Partial<Error> | undefined)?.name;
}

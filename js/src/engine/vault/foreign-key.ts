/** Objects and values that are for none of a vault's keys. */
import { asStrongroomError, NoKeyError } from "../../shared/errors/index.js";

const FOREIGN =
  "none of this vault's keys opens it: it was made by another vault, or by a key of a session that has ended; " +
  "restore that vault's backup, and open it there";

/** Says so, where the core says that there is no such key. */
export async function openedByOwnKey<T>(opening: Promise<T>): Promise<T> {
  return opening.catch((error: unknown) => {
    throw asStrongroomError(error).code === "ERR_NO_KEY" ? new NoKeyError(FOREIGN, { cause: error }) : error;
  });
}

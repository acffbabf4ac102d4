/** Objects and values that are for none of a vault's keys. */
import { asStrongroomError, NoKeyError } from "../../shared/errors/index.js";

const FOREIGN =
  "none of this vault's keys opens it: it was made by another vault, or by a key of a session that has ended; " +
  "restore that vault's backup, and open it there";

/** A view does not know whether the vault has another key that does. */
const NOT_LISTED = "none of this view's keys opens it";

/** Says so, where the core says that there is no such key. */
export async function openedByOwnKey<T>(opening: Promise<T>, isOfView: boolean): Promise<T> {
  return opening.catch((error: unknown) => {
    if (asStrongroomError(error).code !== "ERR_NO_KEY") throw error;
    throw new NoKeyError(isOfView ? NOT_LISTED : FOREIGN, { cause: error });
  });
}

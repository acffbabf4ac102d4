/** Every failure as a sentence that says what to do. */

import {
  KitReplacedError,
  NoFactorError,
  RecoveryWordsError,
  StateError,
  StrongroomError,
  TransferError,
  WeakPassphraseError,
  WrongFactorError,
  type ErrorCode,
  type VersionState,
  type WeakReason,
} from "strongroom";
import { STATE_NAMES } from "../features/keys/labels";
import { StoreError } from "../remote/store-error";
import { formatDate } from "../ui/format";

/** One entry for each code: a new code in the package is a type error here. */
const SENTENCES: Record<ErrorCode, string> = {
  ERR_WRONG_FACTOR: "This passphrase does not open this vault. Check capital letters and try again.",
  ERR_RECOVERY_WORDS: "These are not the words of a recovery kit. Compare them with the paper.",
  ERR_RECOVERY_SHARES: "These recovery shares do not belong together, or some are missing. Compare them with the paper.",
  ERR_KIT_REPLACED: "This recovery kit was replaced by a newer one. Use that one, or another way in.",
  ERR_PASSKEY: "The passkey could not be used. Try again, or unlock in another way.",
  ERR_THIS_DEVICE: "This device does not open the vault. Unlock in another way, and add the device again.",
  ERR_PERSON_NEEDED: "This device proves no person. Give the passphrase or the recovery words.",
  ERR_IDENTITY_CHANGED: "This vault has a new identity. Compare it with what another device shows before you go on.",
  ERR_NO_FACTOR: "This vault has no such way in any more. Look at the list again.",
  ERR_LAST_FACTOR: "Nothing else opens this vault. Add another way in first.",
  ERR_WEAK_PASSPHRASE: "This passphrase is too easy to guess. Choose four or five unrelated words.",
  ERR_NO_VAULT: "There is no vault with this name in this browser. Create one, or restore a backup.",
  ERR_EVICTED: "The browser has removed this vault's data. Restore it from a backup.",
  ERR_NO_KEY: "The vault does not have this key. Choose another one, or create it.",
  ERR_NO_VERSION: "The key does not have this version. Reload the page to see its versions.",
  ERR_NO_OBJECT: "The vault does not know this file. Refresh the list.",
  ERR_STATE: "The key's state does not allow this. Open the key's page for details.",
  ERR_PURPOSE: "This key has another purpose. Choose another one, or create one for this.",
  ERR_IN_USE: "Files still need this key. Move them to another version or re-encrypt them first.",
  ERR_VAULT_EXISTS: "A vault with this name already exists. Unlock it, or choose another name.",
  ERR_KEY_EXISTS: "A key with this name already exists. Choose another name.",
  ERR_LOCKED: "The vault is locked. Unlock it and try again.",
  ERR_CLOSED: "This vault was closed. Reload the page and unlock it again.",
  ERR_CONSUMED: "These bytes were already read. Start again.",
  ERR_DECRYPT: "This file does not open: it was changed at the store, or it belongs to another vault.",
  ERR_CONTEXT: "This object was stored under another name: the store returned the wrong one.",
  ERR_UNSIGNED: "Nothing proves who wrote this object, so it was not opened.",
  ERR_MALFORMED: "This is not a strongroom file, or it is damaged. Choose another one.",
  ERR_UNSUPPORTED: "This was written by a newer release. Update the page and try again.",
  ERR_INTEGRITY: "The vault's records were changed from outside. Do not trust this copy; restore a backup.",
  ERR_STORAGE: "The browser does not store keys here. Leave private browsing or allow site data, then try again.",
  ERR_QUOTA: "The browser has no storage left for this site. Free some space; nothing was changed.",
  ERR_BLOCKED: "Another tab has an older version of the vault open. Close that tab and try again.",
  ERR_CONFLICT: "Another tab changed the vault at the same time. Try again.",
  ERR_ABORTED: "Cancelled.",
  ERR_TOO_LARGE: "This file is too large for the browser to hold in memory.",
  ERR_ARGUMENT: "Something in this form is missing or too long. Check it and try again.",
  ERR_CHANGED: "The file was changed, moved or removed since it was chosen. Choose it again.",
  ERR_INPUT: "The file could not be read to its end. Check the connection and try again.",
  ERR_NO_RANGES: "The provider does not support reading parts of an object. Download it instead.",
  ERR_TRANSFER: "The store did not fulfil the request. Check the connection and try again.",
  ERR_WASM: "The encryption code could not be loaded. Reload the page.",
  ERR_INTERNAL: "Something went wrong in the encryption code itself. Reload the page, and report it if it happens again.",
  ERR_WORKER: "The browser did not start the Worker that holds the keys. Reload the page.",
};

/** What these say of a file. */
const OF_FILES: Partial<Record<ErrorCode, string>> = {
  ERR_IN_USE: "Another tab is changing this file. Try again once that is done.",
  ERR_INTEGRITY: "The store gave back something else than was sent. The file stays as it was; try again.",
};

/** Why a new passphrase is refused, and what to do. */
const WEAK: Record<WeakReason, string> = {
  short: "Choose a passphrase of at least 8 characters.",
  common: "This passphrase is one of the first that anybody tries. Choose another one.",
  estimate: SENTENCES.ERR_WEAK_PASSPHRASE,
};

/** The next step when a version's state forbids a use. */
const REMEDIES: Record<NonNullable<StateError["from"]>, string> = {
  "pre-active": "Activate it first.",
  active: "Revoke it first.",
  suspended: "Resume it on its page first.",
  deactivated: "It can only open existing files: rotate the key to encrypt new ones.",
  compromised: "It can only open existing files: rotate the key to encrypt new ones.",
  "destroy-scheduled": "Cancel its destruction first.",
  destroyed: "It is gone for good.",
};

/** Whether the error is a cancellation. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** An error as a sentence for the user. */
export function explain(error: unknown): string {
  if (error instanceof StrongroomError) {
    // A download that broke off is the store's failure, and its sentence is the better one.
    if (error.cause instanceof TransferError) return explain(error.cause);
    if (error instanceof TransferError) return explainTransfer(error);
    if (error instanceof WeakPassphraseError) return WEAK[error.reason];
    return error instanceof StateError ? explainState(error) : SENTENCES[error.code];
  }
  if (isAbort(error)) return SENTENCES.ERR_ABORTED;
  if (error instanceof StoreError) return explainStore(error);
  return "Something unexpected went wrong. Reload the page and try again.";
}

/** The same of what is done to a file, where two codes say something else. */
export function explainFile(error: unknown): string {
  const sentence = error instanceof StrongroomError && OF_FILES[error.code];
  return sentence || explain(error);
}

/** Words of a kit, as many as there are in one. */
const KIT_WORDS = 24;

/** The same where the words of a recovery kit were typed. @param count how many words they are */
export function explainKit(error: unknown, count: number): string {
  if (error instanceof RecoveryWordsError) return explainWords(error, count);
  if (error instanceof WrongFactorError) return "This recovery kit does not open this vault. It is another vault's.";
  if (error instanceof KitReplacedError) return `This recovery kit was replaced on ${formatDate(error.replacedAt)}. Use the newer one, and keep this until that has opened the vault.`;
  if (error instanceof NoFactorError) return "This vault has no recovery kit. Use its passphrase.";
  return explain(error);
}

function explainWords({ position }: RecoveryWordsError, count: number): string {
  if (position !== undefined) return `Word ${position} is no word of a recovery kit. Compare it with the paper.`;
  if (count !== KIT_WORDS) return `A recovery kit has ${KIT_WORDS} words. ${count === 1 ? "There is" : "There are"} ${count} here.`;
  return "These words do not belong together: at least one of them is another one on the paper. Compare each.";
}

/** Why a file does not open. @param state that of its key's version; `undefined` where the vault does not have it */
export function explainClosed(state: VersionState | undefined): string {
  return state ? `This version of the key is ${STATE_NAMES[state]}. ${REMEDIES[state]}` : "The vault no longer has the key of this file.";
}

/** What a transfer was interrupted by, in a sentence. */
export function causeOf({ message, cause }: TransferError): string {
  return cause instanceof StoreError ? cause.message : `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

function explainState({ from, to }: StateError): string {
  if (!from) return SENTENCES.ERR_STATE;
  return to ? `This version of the key is ${STATE_NAMES[from]} and cannot become ${STATE_NAMES[to]}.` : explainClosed(from);
}

function explainTransfer(error: TransferError): string {
  if (error.storeCode === "NoSuchUpload") return "The store has dropped what was sent. Try again: the upload starts over.";
  return explainStore({ status: error.status, message: causeOf(error) });
}

function explainStore({ status, message }: Pick<StoreError, "status" | "message">): string {
  if (status === undefined) return `${message} Check that the server is running, then try again.`;
  if (status === 404) return "The provider no longer has this file. Delete it here, or restore it there.";
  if (status === 403) return `${message} The permission may have expired; try again.`;
  if (status === 412) return `${message} The object was changed in the meantime; try again.`;
  return `${message} Try again in a moment.`;
}

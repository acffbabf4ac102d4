/** Every failure as a sentence that says what to do. */

import { StateError, StrongroomError, TransferError } from "strongroom";
import { StoreError } from "./store";
import { STATE_NAMES } from "./words";

type Code = StrongroomError["code"];

/** One entry for each code; a new code in the package is a type error here. */
const SENTENCES: Record<Code, string> = {
  ERR_WRONG_FACTOR: "That passphrase does not open this vault. Check for capitals and try again.",
  ERR_NO_VAULT: "There is no vault of that name in this browser. Create one, or restore a backup.",
  ERR_EVICTED: "The browser has removed this vault's data. Restore it from a backup.",
  ERR_NO_KEY: "The vault has no such key. Choose another one, or create it.",
  ERR_NO_VERSION: "The key has no such version. Reload the page to see those that it has.",
  ERR_NO_OBJECT: "The vault knows no such file. Refresh the list.",
  ERR_STATE: "The key's state does not permit that. Look at its page.",
  ERR_PURPOSE: "That key is for something else. Choose another one, or make one for this.",
  ERR_IN_USE: "Files still need this key. Move them to another version first, or encrypt them anew.",
  ERR_VAULT_EXISTS: "A vault of that name exists here. Unlock it, or choose another name.",
  ERR_KEY_EXISTS: "A key of that name exists. Choose another name.",
  ERR_LOCKED: "The vault is locked. Unlock it and try again.",
  ERR_CLOSED: "This vault was closed. Reload the page and unlock it again.",
  ERR_CONSUMED: "These bytes were already read. Start again.",
  ERR_DECRYPT:
    "This does not open: it was changed at the store, or it belongs to another vault.",
  ERR_CONTEXT: "This object was stored under another name: the store handed out the wrong one.",
  ERR_UNSIGNED: "Nothing proves who wrote this object, so it was not opened.",
  ERR_MALFORMED: "This is not a strongroom file, or it is damaged. Choose another one.",
  ERR_UNSUPPORTED: "This was made by a newer release. Update the page and try again.",
  ERR_INTEGRITY:
    "The vault's records were changed from outside. Do not trust this copy; restore a backup.",
  ERR_STORAGE:
    "The browser will not store keys here. Leave private browsing, or allow site data, and try again.",
  ERR_QUOTA: "The browser has no room left for this site. Free some space; nothing was changed.",
  ERR_BLOCKED: "Another tab holds an older version open. Close that tab and try again.",
  ERR_CONFLICT: "Another tab changed the vault at the same moment. Try again.",
  ERR_ABORTED: "Cancelled.",
  ERR_TOO_LARGE: "This file is too large for the browser to hold in one piece.",
  ERR_ARGUMENT: "Something on this form is missing or too long. Check it and try again.",
  ERR_CHANGED: "The file changed while it was read. Choose it again.",
  ERR_INPUT: "The file could not be read to its end. Check the connection and try again.",
  ERR_NO_RANGES: "The provider does not give parts of an object. Download it instead.",
  ERR_TRANSFER: "The store did not do what it was asked. Check the connection and try again.",
  ERR_WASM: "The encryption code could not be loaded. Reload the page.",
  ERR_INTERNAL: "Something went wrong in the encryption code itself. Reload the page, and report it if it happens again.",
  ERR_WORKER: "The browser did not start the part that holds the keys. Reload the page.",
};

/** What helps where a version's state forbids a use. */
const REMEDIES: Record<NonNullable<StateError["from"]>, string> = {
  "pre-active": "Activate it first.",
  active: "Revoke it first.",
  suspended: "Resume it on its page first.",
  deactivated: "It only opens what it protected: rotate the key for a version that does more.",
  compromised: "It only opens what it protected: rotate the key for a version that does more.",
  "destroy-scheduled": "Take its destruction back first.",
  destroyed: "It is gone for good.",
};

/** Whether somebody asked for this to stop. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** A sentence for a person. */
export function explain(error: unknown): string {
  if (error instanceof StrongroomError) {
    // A download that broke off is the store's failure, and its sentence is the better one.
    if (error.cause instanceof TransferError) return explain(error.cause);
    if (error instanceof TransferError) return explainStore(fromTransfer(error));
    return error instanceof StateError ? explainState(error) : SENTENCES[error.code];
  }
  if (isAbort(error)) return SENTENCES.ERR_ABORTED;
  if (error instanceof StoreError) return explainStore(error);
  return "Something unexpected went wrong. Reload the page and try again.";
}

/** What the package says of the store, in this page's words. */
export function fromTransfer({ message, status, cause }: TransferError): StoreError {
  if (cause instanceof StoreError) return cause;
  return new StoreError(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`, status, cause);
}

/** The same for a stored object that does not open: a missing key is then another vault's. */
export function explainObject(error: unknown): string {
  const foreign = error instanceof StrongroomError && error.code === "ERR_NO_KEY";
  return foreign ? "Encrypted under another vault's key: unlock that vault." : explain(error);
}

function explainState({ from, to }: StateError): string {
  if (!from) return SENTENCES.ERR_STATE;
  const is = `This version of the key is ${STATE_NAMES[from]}`;
  return to ? `${is}, and cannot become ${STATE_NAMES[to]} from there.` : `${is}. ${REMEDIES[from]}`;
}

function explainStore({ status, message }: StoreError): string {
  if (status === undefined) return `${message} Check that the server is running, then try again.`;
  if (status === 0) return message;
  if (status === 410) return `${message} Try again: it begins anew.`;
  if (status === 404) return "The store no longer has this object. Refresh the list.";
  if (status === 403) return `${message} The permission may have run out; try again.`;
  if (status === 412) return `${message} Somebody else has written there meanwhile; try again.`;
  return `${message} Try again in a moment.`;
}

/** Every failure as a sentence that says what to do. */

import {
  ApprovalError,
  KitReplacedError,
  KmsError,
  NoFactorError,
  PasskeyError,
  PolicyError,
  RecoverySharesError,
  RecoveryWordsError,
  StateError,
  StrongroomError,
  TransferError,
  WeakPassphraseError,
  WitnessError,
  WrongFactorError,
  ThisDeviceError,
  type ApprovalReason,
  type WitnessReason,
  type DeviceReason,
  type ErrorCode,
  type KmsReason,
  type PasskeyReason,
  type PolicyRule,
  type SecondFactorError,
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
  ERR_KMS: "The key service did not open the vault. Try again later, or unlock in another way.",
  ERR_THIS_DEVICE: "This device does not open the vault. Unlock in another way, and add the device again.",
  ERR_SECOND_FACTOR: "This vault takes two factors at once. Give both, or the recovery words alone.",
  ERR_PERSON_NEEDED: "This device proves no person. Use another way in.",
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
  ERR_POLICY: "A policy of this vault does not allow this. Ask whoever set it.",
  ERR_WITNESS: "The log and what a witness has seen of it do not go together.",
  ERR_APPROVAL: "This approval is not for exactly this, or was already used. Request it again.",
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

/** Why a passkey opens nothing, and what to do. */
const PASSKEYS: Record<PasskeyReason, string> = {
  "not-used":
    "No passkey was used: the question was cancelled, took too long, or this device has none of this vault. Try again. If it is lost, open the vault in another way, and change the passkey under “Access”.",
  unsupported: "This passkey, or this browser, can sign in but cannot open a vault. Use another one, or another way in.",
  registered: "This device or security key has a passkey of this vault already. Use that one, or another device or key.",
  host: "The vault’s passkeys were made at another address than this page’s, and do not work here. Use another way in.",
  unstable: "This passkey gave another answer each time, and would not open the vault again. Use another one, or another way in.",
};

/** Of both it is not told which one is wrong: who guesses at one would learn when it is right. */
const WRONG_OF_BOTH =
  "The passphrase or the passkey is not this vault’s; which of them is not told. Check capital letters, and try both again.";

const NO_PASSKEY_OF_BOTH =
  "No passkey was used: the question was cancelled, took too long, or this device has none of this vault. Try again. If it is lost, open the vault with what is on paper, and change the passkey under “Access”.";

/** Why this device opens nothing, and what to do. */
const DEVICES: Record<DeviceReason, string> = {
  missing: "This browser has no key to the vault any more, or it was revoked. Unlock in another way, and add this device again under “Access”.",
  expired: "The time is over for which this device opens the vault. Unlock in another way, and add it again under “Access”.",
  clock: "This device’s clock stands before the time at which it was added. Set it right, or unlock in another way.",
  "two-needed": "This vault takes two factors at once, and a device is neither. Give both, or the recovery words alone.",
  unsupported: "This browser keeps no keys of its own, perhaps in a private window alone. Use another way in.",
};

/** Why a key management service opens nothing, and what to do. */
const KMS: Record<KmsReason, string> = {
  denied: "The service does not let this caller use the key. Ask whoever manages the key.",
  disabled: "The key is disabled at its service. Ask whoever manages the key.",
  "pending-deletion": "The key is to be deleted at its service. If it is still needed, have that cancelled now.",
  "not-found": "The service has no key of this name. Compare the name, and the region in it.",
  "wrong-key": "The key of this name is another one, or is for another use. Compare its name and thumbprint.",
  "wrong-region": "The key is in another region than its name says. Compare the name.",
  "expired-token": "The service refused the credentials, or they have expired. Get new ones, and look at this device’s clock.",
  throttled: "The service has too much to do. Try again in a minute.",
  cors: "The browser does not let this page ask that address. The server of the page has to admit it, and the service has to answer pages.",
  offline: "This device is offline. Connect it, and try again.",
  timeout: "The service did not answer in time. Try again later.",
  unavailable: "The service could not be reached. Check the address, and try again later.",
  malformed: "What answered is not the service, or was changed on its way. Check the address.",
};

/** What a key's policy refuses, and what to do. */
const POLICIES: Record<PolicyRule, string> = {
  operations: "The key’s policy does not allow this. Its page shows what it allows.",
  context: "The key’s policy does not allow this for such a file. Choose another key.",
  notBefore: "The key’s policy does not allow this yet. Its page shows from when on.",
  notAfter: "The time is over in which the key’s policy allows this. Choose another key.",
  requireReason: "The key’s policy asks for a reason. Give one and try again.",
  minimumVersion: "The key’s policy does not allow so old a version. Move the files to a newer one first.",
  maximumUses: "The key was used as often as its policy allows. Choose another key.",
  freshFactor: "The key’s policy asks for something that opens the vault. Nothing was presented, and nothing was done.",
  secondFactor: "The key’s policy asks for factors of two kinds. They were not presented, and nothing was done.",
  approval: "The key’s policy asks for the approval of somebody else. Nothing was done.",
  receivers: "The key’s policy names who may receive the key, so it is not exported.",
  expired: "The organisation’s policy has expired. Get a newer one from the organisation.",
  requiredFactors: "The organisation’s policy requires a way in that the vault would not have any more. Add another one of its kind first.",
  escrow: "The organisation’s policy requires that the organisation can open the vault. Add its key first, if you agree.",
  maximumCryptoperiod: "The organisation’s policy asks for keys that are rotated more often.",
  minimumArgon2: "The organisation’s policy asks for passphrases that cost more to try. Add this one again.",
  organisation: "This is the policy of another organisation than the vault’s.",
  sequence: "The organisation’s policy has the number of another one that says something else. Tell the organisation.",
};

/** The same of the vault's policy. */
const VAULT_POLICIES: Record<PolicyRule, string> = {
  ...POLICIES,
  operations: "The vault’s policy does not allow this. Ask whoever set it.",
  context: "The vault’s policy does not allow this for such a file.",
  notBefore: "The vault’s policy does not allow this yet.",
  notAfter: "The time is over in which the vault’s policy allows this.",
  requireReason: "The vault’s policy asks for a reason, which this page does not take here.",
  freshFactor: "The vault’s policy asks for something that opens the vault. Nothing was presented, and nothing was done.",
  secondFactor: "The vault’s policy asks for factors of two kinds. They were not presented, and nothing was done.",
  approval: "The vault’s policy asks for the approval of somebody else. Nothing was done.",
};

/** Why an approval does not hold, and what to do. */
const APPROVALS: Record<ApprovalReason, string> = {
  "not-open": "The request is not open any more: it was used, taken back, or has expired. Ask for another approval.",
  other: "This approval is for something else. Ask for an approval of exactly this.",
  forged: "This approval was changed on its way, or is for another request. Ask for it again.",
  "own-key": "That is a key of this vault itself. Somebody else has to approve, with a key that this vault does not have.",
};

/** Why a witness and a log do not go together, and what to do. */
const WITNESSES: Record<WitnessReason, string> = {
  "unknown-log": "This is not signed by the log’s key that is trusted here. Compare the key with its owner.",
  size: "The witness has seen another part of the log. Ask again, from there.",
  smaller: "The log has fewer entries than were seen of it: it was set back, or an older state was sent again. Find out who did that.",
  forked: "The log has other entries than were seen of it. Find out who changed it.",
  proof: "Nothing shows that the log goes on from what was seen of it. Ask again; if that does not help, it was changed.",
  future: "The witness’s clock is ahead of this device’s. Set the clocks, and ask again.",
};

/** What a handle with fewer rights is not for. */
const OUTSIDE_VIEW = "This part of the page was not given the right to do this. Do it where the vault’s keys are kept.";

/** The same of the policy of the vault's organisation. */
const ORGANISATION_POLICIES: Record<PolicyRule, string> = {
  ...VAULT_POLICIES,
  operations: "The policy of the vault’s organisation does not allow this. Ask the organisation.",
  context: "The policy of the vault’s organisation does not allow this for such a file.",
  notBefore: "The policy of the vault’s organisation does not allow this yet.",
  notAfter: "The time is over in which the policy of the vault’s organisation allows this.",
  requireReason: "The policy of the vault’s organisation asks for a reason, which this page does not take here.",
  freshFactor: "The policy of the vault’s organisation asks for something that opens the vault. Nothing was presented, and nothing was done.",
  secondFactor: "The policy of the vault’s organisation asks for factors of two kinds. They were not presented, and nothing was done.",
};

/** The sentences of each policy's owner. */
const REFUSALS: Record<Exclude<PolicyError["policy"], "view">, Record<PolicyRule, string>> = {
  key: POLICIES,
  vault: VAULT_POLICIES,
  organisation: ORGANISATION_POLICIES,
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
    if (error instanceof ThisDeviceError) return DEVICES[error.reason];
    if (error instanceof PasskeyError) return PASSKEYS[error.reason];
    if (error instanceof KmsError) return KMS[error.reason];
    if (error instanceof ApprovalError) return APPROVALS[error.reason];
    if (error instanceof WitnessError) return WITNESSES[error.reason];
    if (error instanceof PolicyError) return explainPolicy(error);
    return error instanceof StateError ? explainState(error) : SENTENCES[error.code];
  }
  if (isAbort(error)) return SENTENCES.ERR_ABORTED;
  if (error instanceof StoreError) return explainStore(error);
  return "Something unexpected went wrong. Reload the page and try again.";
}

function explainPolicy({ policy, rule }: PolicyError): string {
  return policy === "view" ? OUTSIDE_VIEW : REFUSALS[policy][rule];
}

/** The same of what is done to a file, where two codes say something else. */
export function explainFile(error: unknown): string {
  const sentence = error instanceof StrongroomError && OF_FILES[error.code];
  return sentence || explain(error);
}

/** The same where a passkey was asked for. */
export function explainPasskey(error: PasskeyError | NoFactorError | WrongFactorError): string {
  if (error instanceof PasskeyError) return explain(error);
  if (error instanceof WrongFactorError) return "This passkey does not open this vault. Use another one, or another way in.";
  return "This vault has no passkey. Use another way in.";
}

/** The same where a passphrase and a passkey were asked for together. */
export function explainBoth(error: PasskeyError | NoFactorError | WrongFactorError): string {
  if (error instanceof PasskeyError) return error.reason === "not-used" ? NO_PASSKEY_OF_BOTH : explain(error);
  if (error instanceof WrongFactorError) return WRONG_OF_BOTH;
  return "This vault does not have both. Use another way in.";
}

/** The same where one of them was given. */
export function explainSecond({ kinds }: SecondFactorError): string {
  const [missing] = kinds;
  if (missing === "passphrase") return "The vault takes the passphrase, too. Type it, and press the button again.";
  return "The vault takes the passkey, too. Press the button again: the browser then asks for it.";
}

/** The same of a passkey that is made. */
export function explainNewPasskey(error: PasskeyError): string {
  return error.reason === "not-used" ? "No passkey was made: the question was cancelled, or took too long. Try again." : explain(error);
}

/** Words of a kit, as many as there are in one. */
const KIT_WORDS = 24;

/** The same where the words of a recovery kit were typed. @param count how many words they are */
export function explainKit(error: unknown, count: number): string {
  if (error instanceof RecoveryWordsError) return explainWords(error, count);
  if (error instanceof WrongFactorError) return "This recovery kit does not open this vault. It is another vault's.";
  if (error instanceof KitReplacedError) return `This recovery kit was replaced on ${formatDate(error.replacedAt)}. Use the newer one, and keep this until that has opened the vault.`;
  if (error instanceof NoFactorError) return "This vault has no recovery kit. Use another way in.";
  return explain(error);
}

/** Words of a recovery share. */
const SHARE_WORDS = 33;

/** The same where recovery shares were typed. @param share the number of the one that is meant @param count how many words it has */
export function explainShares(error: StrongroomError, share: number, count: number): string {
  if (error instanceof RecoverySharesError) return explainShare(error, share, count);
  if (error instanceof WrongFactorError) return "These recovery shares do not open this vault. They are another vault’s.";
  if (error instanceof KitReplacedError) return `These recovery shares were replaced on ${formatDate(error.replacedAt)}. Use the newer ones, and keep these until those have opened the vault.`;
  if (error instanceof NoFactorError) return "This vault has no recovery shares. Use another way in.";
  return explain(error);
}

function explainShare({ reason, position, missing = 1 }: RecoverySharesError, share: number, count: number): string {
  switch (reason) {
    case "word":
      return `Word ${position} of share ${share} is no word of a share. Compare it with the paper.`;
    case "length":
      return `A share has ${SHARE_WORDS} words. Share ${share} has ${count} here.`;
    case "checksum":
      return `The words of share ${share} do not belong together: at least one of them is another one on the paper. Compare each.`;
    case "twice":
      return `Share ${share} is here twice. Each has to be another person’s.`;
    case "other-set":
      return `Share ${share} is of another set: of another vault, or of one that was replaced.`;
    case "forged":
      return `Share ${share} does not agree with the others, though its words belong together: somebody may have made it up.`;
    case "missing":
      return missing === 1 ? "One more share is needed." : `${missing} more shares are needed.`;
    default:
      return reason satisfies never;
  }
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

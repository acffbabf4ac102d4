/** What a vault's operations take and give. */
import type { PublicJwk, RsaPublicJwk } from "../../shared/model/jwk.js";
import type { Covers, KeyReference } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions, OperationOptions } from "../../shared/model/progress.js";
import { ABORT, check, type Checks, REASON, WATCH } from "../../shared/options.js";
import type { PresentedFactor } from "../factors/factor.js";
import { ENCRYPT, OPEN, type DecryptOptions, type EncryptOptions } from "../objects/object-options.js";

export interface VaultEncryptOptions extends EncryptOptions, ReasonOptions {
  key: KeyReference;
  /**
   * `"vault"`: keeps the header in the vault, and the object in its inventory; the body is detached. Only such
   * an object can be shredded. Decrypt it by `{ object: id }`.
   */
  header?: "vault" | undefined;
  /**
   * Public keys of others who open the object too, 1 to 16: RSA of 2048 to 4096 bits, or P-256, each with the `kid` by which its holder
   * finds it, as `await kms.publicKey()` gives it. No key that opens the vault as an escrow or a gate. The vault's identity signs the
   * object, so that nobody else can pass off another one as the vault's.
   */
  recipients?: readonly (RsaPublicJwk | PublicJwk)[] | undefined;
  /**
   * What the signature covers. `"content"`, unless given: each byte of the body; of an attached object the input is read twice then, so
   * that a stream needs `detached`. `"header"`: the header alone, and each of the recipients can have written the body.
   */
  sign?: Covers | undefined;
}

export interface VaultDecryptOptions extends DecryptOptions, ReasonOptions {
  /** The id of an object whose header is in the vault. */
  object?: string | undefined;
  /**
   * The id or the location of an object of the inventory: no other one opens. A context binds an object to what it says,
   * and every object that was ever made in it opens, also an older one that a store gives out again: this is what tells
   * them apart. By location, the whole inventory is looked through.
   */
  tracked?: string | undefined;
  /** Opens also what nothing proves the writer of; look at `origin`. */
  allowUnsigned?: boolean | undefined;
}

export interface UnlockOptions extends OperationOptions {
  /**
   * What `vault.identity()` gave, kept outside this browser: another vault in this one's place is refused. A factor that knows an
   * identity that was superseded (`IdentityChangedError`) opens the vault with the new one, and knows it from then on.
   */
  identity?: string | undefined;
}

/** @internal */
export const UNLOCK = { ...WATCH, identity: check.name } satisfies Checks<UnlockOptions>;

/** `onProgress` counts the backup's records. An abort stops the Worker, unless the store has everything by then. */
export interface MergeOptions extends OperationOptions, ReasonOptions {
  /**
   * Opens the backup where that is under another vault key than the vault is now: one of the factors that opened the vault when
   * it was made.
   */
  factor?: PresentedFactor | undefined;
}

/** @internal */
export const REASONED = { ...WATCH, ...REASON } satisfies Checks<OperationOptions & ReasonOptions>;

/** @internal */
export const MERGE = { ...REASONED, factor: check.any } satisfies Checks<MergeOptions>;

/** An abort ends what is being fetched. Once the object is open, the signal means nothing to it any more. */
export type OpenObjectOptions = HowToOpen & AbortOptions;

/** As for `decrypt`: all that is asked of the object holds for its header too. */
export type InspectOptions = Omit<HowToOpen, "header" | "object"> & AbortOptions;

/** How an object is opened, for whatever reading. */
export type HowToOpen = Omit<VaultDecryptOptions, keyof OperationOptions>;

export interface ReencryptOptions extends VaultEncryptOptions {
  /** How the old object is decrypted. Its context and what it is a sidecar of are the new one's, unless given. */
  from?: HowToOpen | undefined;
}

/** @internal */
export const VAULT_ENCRYPT = { ...ENCRYPT, ...REASON, key: check.any, header: check.any, recipients: check.any, sign: check.any } satisfies Checks<VaultEncryptOptions>;

/** @internal */
export const HOW_TO_OPEN = {
  ...OPEN,
  ...REASON,
  object: check.name,
  tracked: check.name,
  allowUnsigned: check.flag,
} satisfies Checks<HowToOpen>;

/** @internal */
export const OPEN_OBJECT = { ...HOW_TO_OPEN, ...ABORT } satisfies Checks<OpenObjectOptions>;

const { header: _header, object: _object, ...HOW_TO_INSPECT } = HOW_TO_OPEN;

/** @internal */
export const INSPECT = { ...HOW_TO_INSPECT, ...ABORT } satisfies Checks<InspectOptions>;

/** @internal */
export const VAULT_DECRYPT = { ...WATCH, ...HOW_TO_OPEN } satisfies Checks<VaultDecryptOptions>;

/** @internal */
export const REENCRYPT = { ...VAULT_ENCRYPT, from: check.any } satisfies Checks<ReencryptOptions>;

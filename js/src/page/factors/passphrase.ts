import { ArgumentError } from "../../shared/errors/index.js";
import { bytesIn, isUint8Array } from "../../shared/kinds.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { utf8, wellFormed } from "../../shared/text.js";
import { checkPassphraseFloor, type Estimate } from "./passphrase-floor.js";

export interface PassphraseOptions {
  /**
   * The id of the factor that it is of, as `factors.list()` gives it. A vault that has several passphrases tries each of them
   * otherwise, and each try takes as long as Argon2id does.
   */
  id?: string | undefined;
  /**
   * Tells how hard the passphrase is to guess: a score of 0 to 4, as zxcvbn's. When the passphrase is enrolled, less than 3 is
   * refused (`WeakPassphraseError`). Not called when a vault is unlocked.
   */
  estimate?: Estimate | undefined;
}

const PASSPHRASE = { id: check.name, estimate: check.callback } satisfies Checks<PassphraseOptions>;

/** By which every copy of the package knows the factors of the others. */
const FACTOR_BRAND = Symbol.for("strongroom.factor.passphrase");

/** Whether a factor is one of any copy of the package. @internal */
export function isPassphrase(factor: unknown): factor is Passphrase {
  return typeof factor === "object" && factor !== null && (factor as { [FACTOR_BRAND]?: unknown })[FACTOR_BRAND] === true;
}

/** What `create` and `unlock` take. Holds its secret privately; printing one shows nothing. */
export class Passphrase {
  readonly kind = "passphrase";
  readonly #secret: string | Uint8Array;
  readonly #options: PassphraseOptions;

  /** @internal */
  constructor(secret: string | Uint8Array, options: PassphraseOptions) {
    this.#secret = secret;
    this.#options = options;
  }

  /** Refuses one that is too weak to be enrolled in the vault of that name. @throws WeakPassphraseError @internal */
  checkNew(vault: string): void {
    const { id, estimate } = this.#options;
    if (id !== undefined) throw new ArgumentError("id is of a factor that the vault has; a new passphrase has none yet");
    const secret = this.#secret;
    if (typeof secret !== "string") return checkPassphraseFloor(secretBytes(secret), vault);
    // In NFKC one sign can become a phrase, which is as easy to guess as the sign.
    checkPassphraseFloor(secret.normalize("NFC"), vault);
    checkPassphraseFloor(enrolledForm(secret), vault, estimate);
  }

  /** A fresh copy. The caller wipes it. @internal */
  encode(): WireFactor {
    const secret = this.#secret;
    const secrets = typeof secret === "string" ? formsOf(secret).map(utf8) : [new Uint8Array(secretBytes(secret))];
    return { kind: this.kind, id: this.#options.id, secrets };
  }

  static {
    Object.defineProperty(Passphrase.prototype, FACTOR_BRAND, { value: true });
  }
}

/**
 * A passphrase. A string is encoded as UTF-8 of its Unicode form NFKC, so that it does not matter how a keyboard or a
 * system composes its letters; a vault of an earlier release may have its form NFC, which is tried first where it differs. A string cannot be wiped from memory: give bytes where
 * you can, and overwrite them once the vault is unlocked. Bytes are used as they are when the
 * factor is used, not copied here.
 *
 * One that is enrolled (`create`, `factors.add`, `factors.replace`) has at least 8 characters, or bytes, and is none of the most
 * common ones: `WeakPassphraseError`. Any opens a vault that has it.
 *
 * @example
 * const factor = passphrase(typed, { estimate: (text) => zxcvbn(text).score });
 *
 * @throws ArgumentError for an empty one
 */
export function passphrase(text: string, options?: PassphraseOptions): Passphrase;
export function passphrase(secret: string | Uint8Array, options?: Omit<PassphraseOptions, "estimate">): Passphrase;
export function passphrase(secret: string | Uint8Array, options?: PassphraseOptions): Passphrase {
  const checked = optionsOf(options, PASSPHRASE);
  if (typeof secret === "string") wellFormed(secret, "a passphrase");
  else if (!isUint8Array(secret)) {
    throw new ArgumentError("a passphrase must be a string or a Uint8Array");
  }
  else bytesIn(secret, "the passphrase");
  if (secret.length === 0) throw empty();
  if (checked.estimate && typeof secret !== "string") {
    throw new ArgumentError("estimate is of a passphrase that is text; one of bytes has none");
  }
  return new Passphrase(secret, checked);
}

/** The form of a passphrase that a vault gets: NFKC, in which other systems compose it too. @internal */
export function enrolledForm(text: string): string {
  return text.normalize("NFKC");
}

/** The forms that a vault may have of a passphrase, in the order in which they are tried: NFC of earlier releases. @internal */
export function formsOf(text: string): string[] {
  return [...new Set([text.normalize("NFC"), enrolledForm(text)])];
}

/** Those that there are now: a buffer can be resized after it was given. */
function secretBytes(secret: Uint8Array): Uint8Array {
  const bytes = bytesIn(secret, "the passphrase");
  if (!bytes?.length) throw empty();
  return bytes;
}

function empty(): ArgumentError {
  return new ArgumentError("a passphrase must not be empty");
}

import { ArgumentError } from "../../shared/errors/index.js";
import { bytesIn, isUint8Array } from "../../shared/kinds.js";
import { utf8, wellFormed } from "../../shared/text.js";

/** By which every copy of the package knows the factors of the others. */
const FACTOR_BRAND = Symbol.for("strongroom.passphrase");

/** Whether a factor is one of any copy of the package. @internal */
export function isPassphrase(factor: unknown): factor is Passphrase {
  return typeof factor === "object" && factor !== null && (factor as { [FACTOR_BRAND]?: unknown })[FACTOR_BRAND] === true;
}

/** What `create` and `unlock` take. Holds its secret privately; printing one shows nothing. */
export class Passphrase {
  readonly kind = "passphrase";
  readonly #secret: string | Uint8Array;

  /** @internal */
  constructor(secret: string | Uint8Array) {
    this.#secret = secret;
  }

  /** A fresh copy. The caller wipes it. @internal */
  encode(): Uint8Array<ArrayBuffer> {
    const secret = this.#secret;
    if (typeof secret === "string") return utf8(secret.normalize("NFC"));
    // A buffer can be resized after it was given.
    const bytes = bytesIn(secret, "the passphrase");
    if (!bytes?.length) throw empty();
    return new Uint8Array(bytes);
  }

  static {
    Object.defineProperty(Passphrase.prototype, FACTOR_BRAND, { value: true });
  }
}

/**
 * A passphrase. A string is brought to Unicode's NFC form, so that it does not matter how a keyboard
 * composes its letters, and encoded as UTF-8. A string cannot be wiped from memory: give bytes where
 * you can, and overwrite them once the vault is unlocked. Bytes are used as they are when the
 * factor is used, not copied here.
 */
export function passphrase(secret: string | Uint8Array): Passphrase {
  if (typeof secret === "string") wellFormed(secret, "a passphrase");
  else if (!isUint8Array(secret)) {
    throw new ArgumentError("a passphrase must be a string or a Uint8Array");
  }
  else bytesIn(secret, "the passphrase");
  if (secret.length === 0) throw empty();
  return new Passphrase(secret);
}

function empty(): ArgumentError {
  return new ArgumentError("a passphrase must not be empty");
}

/** A factor that an authenticator keeps: a passkey, by its PRF. */
import { ArgumentError, PasskeyError } from "../../shared/errors/index.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { beginCeremonies, type PasskeyCeremony } from "../runtime/passkey-ceremonies.js";

export interface PasskeyOptions {
  /**
   * Whose passkey it is: the page's host, unless given. A parent domain of it (`"example.org"` on `app.example.org`) lets every
   * host below that domain ask for the passkey.
   */
  rpId?: string | undefined;
  /** Whom the passkey is for, as the person's list of passkeys shows it. Needed where it is enrolled. */
  userName?: string | undefined;
  /** The id of the factor that it is, as `factors.list()` gives it; otherwise any passkey of the vault's will do. */
  id?: string | undefined;
  /**
   * Called before each ceremony, which waits for what it returns: some browsers want a click of the person before each, and a
   * page says by it which of three comes. What it throws ends the call.
   */
  onCeremony?: ((ceremony: PasskeyCeremony) => unknown) | undefined;
}

const PASSKEY = {
  rpId: check.name,
  userName: check.name,
  id: check.name,
  onCeremony: check.callback,
} satisfies Checks<PasskeyOptions>;

/** By which every copy of the package knows the passkeys of the others. */
const PASSKEY_BRAND = Symbol.for("strongroom.factor.passkey");

/** Whether a factor is a passkey of any copy of the package. @internal */
export function isPasskey(factor: unknown): factor is Passkey {
  return typeof factor === "object" && factor !== null && (factor as { [PASSKEY_BRAND]?: unknown })[PASSKEY_BRAND] === true;
}

/** What `create`, `factors.add` and `unlock` take. Has no secret: that stays with the authenticator. */
export class Passkey {
  readonly kind = "passkey";
  readonly #options: PasskeyOptions;

  /** @internal */
  constructor(options: PasskeyOptions) {
    this.#options = options;
  }

  /** @throws ArgumentError for one that cannot be enrolled @internal */
  checkNew(): void {
    const { id, userName } = this.#options;
    if (id !== undefined) throw new ArgumentError("id is of a factor that the vault has; a new passkey has none yet");
    if (userName === undefined) throw new ArgumentError("a new passkey needs userName: whom it is for");
  }

  /** Presents it, until it is wiped. @throws PasskeyError where there is no host @internal */
  encode(): WireFactor {
    const { rpId = host(), id, userName, onCeremony } = this.#options;
    return { kind: this.kind, id, secrets: [], rpId, ceremony: beginCeremonies({ userName, onCeremony }) };
  }

  static {
    Object.defineProperty(Passkey.prototype, PASSKEY_BRAND, { value: true });
  }
}

/**
 * A passkey (WebAuthn with its PRF extension), to be made for a vault or one that a vault has. The same call serves both:
 * `userName` is for one that is made. It takes one gesture to open a vault, and three to enrol: the passkey is made, then
 * asked for twice, since not every authenticator gives the same secret again.
 *
 * Never a vault's only kind of factor: a passphrase or a recovery kit has to be beside it (`LastFactorError`).
 *
 * @example
 * await vault.factors.add(passkey({ userName: "ada@example.org" }), { factor: passphrase(typed) });
 * await vault.lock();
 * await vault.unlock(passkey());
 *
 * @throws ArgumentError for unknown options
 */
export function passkey(options?: PasskeyOptions): Passkey {
  return new Passkey(optionsOf(options, PASSKEY));
}

function host(): string {
  const { hostname } = (globalThis.location ?? {}) as Partial<Location>;
  if (hostname) return hostname;
  throw new PasskeyError("there are no passkeys here: they belong to a page's host", { reason: "unsupported" });
}

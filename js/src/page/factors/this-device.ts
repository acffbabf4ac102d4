/** A factor that the browser keeps: a key of its own, which it gives to nobody. */
import { ArgumentError } from "../../shared/errors/index.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";

export interface ThisDeviceOptions {
  /**
   * How long it opens the vault, from when it is added: an ISO 8601 duration such as `"P30D"`. Needed where it is enrolled. The
   * device's clock decides.
   */
  expires?: string | undefined;
  /** The id of the factor that it is, as `factors.list()` gives it; otherwise any of this browser's will do. */
  id?: string | undefined;
}

const THIS_DEVICE = { expires: check.name, id: check.name } satisfies Checks<ThisDeviceOptions>;

/** By which every copy of the package knows the devices of the others. */
const DEVICE_BRAND = Symbol.for("strongroom.factor.this-device");

/** Whether a factor is this device, of any copy of the package. @internal */
export function isThisDevice(factor: unknown): factor is ThisDevice {
  return typeof factor === "object" && factor !== null && (factor as { [DEVICE_BRAND]?: unknown })[DEVICE_BRAND] === true;
}

/** What `create`, `factors.add` and `unlock` take. Has no secret: that stays with the browser. */
export class ThisDevice {
  readonly kind = "this-device";
  readonly #options: ThisDeviceOptions;

  /** @internal */
  constructor(options: ThisDeviceOptions) {
    this.#options = options;
  }

  /** @throws ArgumentError for one that cannot be enrolled @internal */
  checkNew(): void {
    const { id, expires } = this.#options;
    if (id !== undefined) throw new ArgumentError("id is of a factor that the vault has; a device that is added has none yet");
    if (expires === undefined) throw new ArgumentError("a device that is added needs expires: how long it opens the vault");
  }

  /** @internal */
  encode(): WireFactor {
    return { kind: this.kind, secrets: [], ...this.#options };
  }

  static {
    Object.defineProperty(ThisDevice.prototype, DEVICE_BRAND, { value: true });
  }
}

/**
 * This browser, on this device: a key that it keeps and gives to nobody opens the vault, and nobody types anything. It proves no
 * person: whoever has the browser's profile, or runs a script on the origin, opens the vault by it until it expires. So it is
 * refused where a factor is asked for once more (`PersonNeededError`), and is never a vault's only kind (`LastFactorError`).
 * Revoke it from this device or any other.
 *
 * @example
 * await vault.factors.add(thisDevice({ expires: "P30D" }), { factor: passphrase(typed), name: "my laptop" });
 * await vault.lock();
 * await vault.unlock(thisDevice());
 *
 * @throws ArgumentError for unknown options
 */
export function thisDevice(options?: ThisDeviceOptions): ThisDevice {
  return new ThisDevice(optionsOf(options, THIS_DEVICE));
}

/** A vault's named keys. */
import { ArgumentError, asStrongroomError, PurposeError, type ErrorCode } from "../../shared/errors/index.js";
import { bytesIn, isUint8Array } from "../../shared/kinds.js";
import type { KeyOptions, SessionOptions } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import { optionsOf, type Checks } from "../../shared/options.js";
import { transferSecret } from "../../shared/rpc/transfer.js";
import { nonEmpty, plainCopy } from "../../shared/text.js";
import { jwkJson } from "./jwk-json.js";
import { KeyLookup } from "./key-lookup.js";
import { NEW_KEY, SESSION_OPTIONS } from "./key-options.js";
import type { VaultKey } from "./vault-key.js";

export class VaultKeys extends KeyLookup {

  /** Makes a key of one active version. @throws KeyExistsError when the alias is taken */
  async create(options: KeyOptions & ReasonOptions): Promise<VaultKey> {
    const { reason, ...text } = described(options, NEW_KEY);
    return this.keyOf(await this.use().peer.call("createKey", text, reason));
  }

  /**
   * The key of that alias: the existing one, with the labels, the rotation and the policy that it has, or a new one without a policy:
   * give it one by `setPolicy`.
   *
   * @example
   * const photos = await vault.keys.ensure({ alias: "photos" });
   *
   * @throws PurposeError when the key that there is has another purpose
   */
  async ensure(options: Omit<KeyOptions, "policy"> & ReasonOptions): Promise<VaultKey> {
    // The caller may change the options while this waits.
    const checked: KeyOptions & ReasonOptions = optionsOf(options, NEW_KEY);
    // The key that is there may have none, or another one.
    if (checked.policy) throw new ArgumentError("policy: ensure takes none; call setPolicy on the key that it gives");
    const { alias, purpose = "encrypt" } = checked;
    nonEmpty(alias, "alias");
    const key = (await this.#found(alias)) ?? (await this.#created(checked));
    if (key.purpose === purpose) return key;
    throw new PurposeError(`the key is there, and for another purpose: ${key.purpose}`);
  }

  /**
   * Takes in a key that exists: 32 random bytes or an `oct` JWK for `encrypt` and `mac`; a P-256 key for `share` and
   * `sign`, as a JWK or in PEM (PKCS#8, `BEGIN PRIVATE KEY`; SPKI, `BEGIN PUBLIC KEY`); somebody else's public one for
   * `verify`. Who else has the key can open what it protects; overwrite the bytes that you gave.
   *
   * @throws KeyExistsError when the alias is taken; MalformedError; UnsupportedError for a key of another kind,
   *   and for PEM on a page without TLS, where the browser has no `crypto.subtle`
   */
  async import(
    material: Uint8Array | JsonWebKey | string,
    options: KeyOptions & ReasonOptions,
  ): Promise<VaultKey> {
    const { reason, ...text } = described(options, NEW_KEY);
    return this.keyOf(await this.use().peer.call("importVaultKey", text, portable(material), reason));
  }

  /**
   * Makes a key that lives in the engine's memory alone and is never stored. It ends at its time, at `lock`,
   * or by its `end()`; what it encrypted opens to nobody afterwards.
   *
   * @throws KeyExistsError when the alias is taken
   */
  async createSession(options: SessionOptions & ReasonOptions): Promise<VaultKey> {
    const { reason, ...text } = described({ alias: unlikely(), ...optionsOf(options, SESSION_OPTIONS) }, SESSION_OPTIONS);
    return this.keyOf(await this.use().peer.call("createSession", text, reason));
  }

  /** By its alias alone: an id is none. */
  async #found(alias: string): Promise<VaultKey | undefined> {
    const key = await unless("ERR_NO_KEY", this.get(alias));
    return key?.alias === alias ? key : undefined;
  }

  /** Unless another tab was faster. */
  async #created(options: KeyOptions & ReasonOptions): Promise<VaultKey> {
    return (await unless("ERR_KEY_EXISTS", this.create(options))) ?? this.get(options.alias);
  }
}

/** Nothing where it fails with that code. */
async function unless<T>(code: ErrorCode, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (asStrongroomError(error).code === code) return undefined;
    throw error;
  }
}

/** An alias that nothing else has. */
function unlikely(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `session-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function described<T extends KeyOptions | SessionOptions>(options: T, checks: Checks<T>): T {
  const checked = optionsOf(options, checks);
  nonEmpty(checked.alias, "alias");
  return plainCopy(checked);
}

/** Bytes are copied, and the copy moves. */
function portable(material: Uint8Array | JsonWebKey | string): Uint8Array | string {
  const bytes = isUint8Array(material) && bytesIn(material, "the key");
  if (!bytes) return jwkJson(material as JsonWebKey | string, "a JWK or PEM");
  if (bytes.byteLength !== 32) throw new ArgumentError("a raw key must have 32 bytes");
  return transferSecret(new Uint8Array(bytes));
}

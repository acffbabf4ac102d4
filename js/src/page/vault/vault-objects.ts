/** What a vault does with objects under its keys, and what its views do too. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { KeyOperation, PolicyDecision } from "../../shared/model/key-policy.js";
import { optionsOf } from "../../shared/options.js";
import type { DecryptFrom, EncryptTo } from "../../shared/protocol/body-calls.js";
import { nonEmpty } from "../../shared/text.js";
import { RewrapJob, type HeaderSource, type RewrapOptions } from "../inventory/rewrap-job.js";
import { keyName } from "../keys/key-reference.js";
import { decryptFrom, decryptRequest } from "../objects/decrypt.js";
import type { DecryptedObject } from "../objects/decrypted-object.js";
import { encryptTo, reencryptTo } from "../objects/encrypt.js";
import type { EncryptedObject, ObjectVault } from "../objects/encrypted-object.js";
import type { Headed } from "../objects/header.js";
import { sharing } from "../objects/sharing.js";
import type { CiphertextInput, Input } from "../objects/input.js";
import { inspect, type InspectedHeader } from "../objects/inspect.js";
import { can, type CanOptions } from "../policies/policy-options.js";
import { openFrom, type ObjectReader } from "../ranges/object-reader.js";
import type { ObjectSource } from "../ranges/range-source.js";
import type { EventsOf, VaultEventMap } from "./vault-events.js";
import {
  HOW_TO_OPEN,
  INSPECT,
  OPEN_OBJECT,
  REENCRYPT,
  VAULT_DECRYPT,
  VAULT_ENCRYPT,
  type InspectOptions,
  type OpenObjectOptions,
  type ReencryptOptions,
  type VaultDecryptOptions,
  type VaultEncryptOptions,
} from "./vault-options.js";
import { VaultValues } from "./vault-values.js";

/** Objects, values and signatures under a vault's keys. */
export abstract class VaultObjects<Events extends EventsOf<Events> = VaultEventMap> extends VaultValues<Events> {
  /** Where its objects are entered, and their uploads resumed; nothing for a view, which has no inventory. @internal */
  protected abstract readonly home: ObjectVault | undefined;

  /**
   * Encrypts under a key's primary version. Resolves once the header is made, before the input is
   * read; the body's errors come from the object's `stream()`, `blob()` or `bytes()`.
   *
   * With `recipients`, others open it too, and the vault's identity signs it: an attached object begins with the signature, and of a
   * detached one `object.signature()` is stored beside the header.
   *
   * @throws StateError while the version does not protect; PurposeError for a key that is for something else; ArgumentError for recipients
   *   that are none; TooLargeError for a body whose signature would be longer than 8 MiB, above about 36 GiB: pass `sign: "header"`
   */
  async encrypt(input: Input, options: VaultEncryptOptions): Promise<EncryptedObject> {
    const checked = optionsOf(options, VAULT_ENCRYPT);
    return encryptTo(to(checked), input, checked, this.use(), this.home);
  }

  /**
   * Opens one of this vault's objects. Resolves once the header is opened.
   *
   * @throws DecryptError when it was tampered with or is not for this vault; StateError while the version's
   *   state forbids it
   */
  async decrypt(input: CiphertextInput, options?: VaultDecryptOptions): Promise<DecryptedObject> {
    const checked = optionsOf(options, VAULT_DECRYPT);
    return decryptFrom(from(checked), input, checked, this.use());
  }

  /**
   * Opens a header alone: of an object that has one, of an attached object its beginning, or the header itself, as bytes or
   * text. All that `decrypt` checks of a header is checked, and nothing is proven of the body.
   *
   * @throws like `decrypt`
   */
  async inspect(object: Headed | Uint8Array | string, options?: InspectOptions): Promise<InspectedHeader> {
    const checked = optionsOf(options, INSPECT);
    return inspect(object, decryptRequest(from(checked), checked), this.use(), checked.signal);
  }

  /**
   * Opens one of this vault's objects for reading parts of it: fetches its header, its end, and then what is
   * asked for.
   *
   * ```ts
   * const film = await vault.openObject(url, { context: { file: "film.webm" } });
   * const part = await film.read(10_000_000, 4096);
   * film.close();
   * ```
   *
   * @param source of a presigned URL that may expire meanwhile, `await openFromS3(presigner)` of `strongroom/s3`
   * @throws like `decrypt`; NoRangesError when the server does not give parts
   */
  async openObject(source: ObjectSource, options?: OpenObjectOptions): Promise<ObjectReader> {
    const checked = optionsOf(options, OPEN_OBJECT);
    return openFrom(decryptRequest(from(checked), checked), source, this.use(), checked.signal);
  }

  /**
   * Re-encrypts one of this vault's objects under a new data key, which ends the reading of anyone who kept
   * the old one. The plaintext stays with the keys, in the Worker. What the old object says of itself is
   * kept, unless overridden by `metadata`; the old object itself is left alone. A sidecar follows an object that
   * was re-encrypted by being re-encrypted too: with `sidecar` of the new parent, and `from.sidecar` of the old one.
   *
   * @throws like `decrypt` and `encrypt`
   */
  async reencrypt(input: CiphertextInput, options: ReencryptOptions): Promise<EncryptedObject> {
    const checked = optionsOf(options, REENCRYPT);
    const { context, sidecar } = checked;
    const opened = optionsOf(checked.from, HOW_TO_OPEN, "from");
    // What `from` names, though it be `undefined`, is not the new object's.
    const given = { context, sidecar, ...checked.from, ...opened };
    const old = decryptRequest(from(opened), given, "from.");
    return reencryptTo(old, to(checked), input, checked, this.use(), this.home);
  }

  /**
   * Moves objects' headers to their keys' primary versions, or to another key, without their bodies:
   *
   * ```ts
   * for await (const { source, header, signature } of vault.rewrap(files)) {
   *   if (header) await upload(source.path, header, signature);
   * }
   * ```
   *
   * Store the signature of an object with `recipients` in place of the old one: neither opens the object without the other.
   */
  rewrap<Source extends HeaderSource>(
    headers: Iterable<Source> | AsyncIterable<Source>,
    options?: RewrapOptions<Source>,
  ): RewrapJob<Source> {
    return new RewrapJob(this.use, headers, options, Array.isArray(headers) ? headers.length : undefined);
  }

  /**
   * Whether policies allow an operation on a key now, without doing it. Of a use: one, of the primary version, and for `rewrap` within the key. It does not look
   * at the key's purpose, or at versions' states, which `version.can` tells.
   *
   * @throws NoKeyError; UnsupportedError for a policy of a later release
   */
  async can(operation: KeyOperation, options: CanOptions): Promise<PolicyDecision> {
    return can(this.use, operation, options);
  }
}

function to({ key, header, reason, recipients, sign }: VaultEncryptOptions): Extract<EncryptTo, { key: string }> {
  if (header !== undefined && header !== "vault") throw new ArgumentError('header must be "vault"');
  const keepHeader = header === "vault";
  if (keepHeader && recipients !== undefined) {
    throw new ArgumentError("a vault keeps no header of an object that is for others too; leave header out, and store it");
  }
  return { key: keyName(key), keepHeader, reason, ...sharing(recipients, sign) };
}

function from({ allowUnsigned = false, object, tracked, reason }: VaultDecryptOptions): DecryptFrom {
  return { allowUnsigned, object: object === undefined ? object : nonEmpty(object, "object"), tracked, reason };
}

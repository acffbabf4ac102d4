/** What a vault does with small things: values and signatures. */
import type { Json, JsonOf } from "../../shared/model/json.js";
import type { VerifiedFile } from "../../shared/model/verified-file.js";
import type { CiphertextInput } from "../objects/input.js";
import type { UseEngine } from "../runtime/connection.js";
import { signFile, verifyFile, type SignFileOptions, type VerifyFileOptions } from "../signatures/file-signatures.js";
import { sign, verify, type SignOptions, type Verified, type VerifyOptions } from "../signatures/signatures.js";
import {
  decryptValue,
  decryptValueDetails,
  decryptValues,
  encryptValue,
  encryptValues,
  type DecryptedValue,
  type DecryptValueOptions,
  type DecryptValuesOptions,
  type ValueOptions,
  type ValuesOptions,
  type WithKey,
} from "../values/values.js";
import { VaultEvents, type EventsOf, type VaultEventMap } from "./vault-events.js";

/** Values and signatures under a vault's keys. */
export abstract class VaultValues<Events extends EventsOf<Events> = VaultEventMap> extends VaultEvents<Events> {
  /** The engine of the unlocked vault. @internal */
  protected abstract readonly use: UseEngine;

  /**
   * Encrypts a small value into a compact JWE. Of many, `encryptValues` takes a fraction of the time.
   *
   * @throws TooLargeError when the token would have more than 1 MiB: about 767 KiB of JSON in UTF-8. Encrypt an object then
   */
  async encryptValue<T>(value: T & JsonOf<T>, options: ValueOptions & WithKey): Promise<string> {
    return encryptValue(this.use, value, options);
  }

  /**
   * What `encryptValue` was given; nothing checks that it is a `T`.
   *
   * @throws UnsignedError under a version that is compromised, unless `allowUnsigned`: others may have written it
   */
  async decryptValue<T = Json>(token: string, options?: DecryptValueOptions): Promise<T> {
    return decryptValue(this.use, token, options);
  }

  /** As `decryptValue`, with the version that opened it, and whether that proves who wrote it. */
  async decryptValueDetails<T = Json>(token: string, options?: DecryptValueOptions): Promise<DecryptedValue<T>> {
    return decryptValueDetails(this.use, token, options);
  }

  /** Encrypts many small values, each into a compact JWE: all of them, or none where one cannot be. */
  async encryptValues<T>(
    values: readonly (T & JsonOf<T>)[],
    options: ValuesOptions & WithKey,
  ): Promise<string[]> {
    return encryptValues(this.use, values, options);
  }

  /**
   * What `encryptValues` was given. Rejects where one of them does not open, with its place as the error's `index`; with
   * `settle`, tells of each how it ended.
   *
   * @example
   * for (const result of await vault.decryptValues(tokens, { settle: true })) {
   *   if (result.status === "fulfilled") show(result.value);
   * }
   */
  decryptValues<T = Json>(
    tokens: readonly string[],
    options: DecryptValuesOptions & { settle: true },
  ): Promise<PromiseSettledResult<T>[]>;
  decryptValues<T = Json>(tokens: readonly string[], options?: DecryptValuesOptions & { settle?: false | undefined }): Promise<T[]>;
  async decryptValues<T = Json>(
    tokens: readonly string[],
    options?: DecryptValuesOptions,
  ): Promise<T[] | PromiseSettledResult<T>[]> {
    return decryptValues<T>(this.use, tokens, options);
  }

  /**
   * Signs with a key's primary version: a compact JWS (RFC 7515) by ES256, whose `kid` is
   * `<key id>.<version id>`. A string is its UTF-8 bytes.
   *
   * @throws PurposeError; StateError
   */
  async sign(payload: Uint8Array | string, options: SignOptions): Promise<string> {
    return sign(this.use, payload, options);
  }

  /** Says what was signed, and by what. @throws DecryptError when this vault's keys did not sign that */
  async verify(token: string, options?: VerifyOptions): Promise<Verified> {
    return verify(this.use, token, options);
  }

  /**
   * Signs a file or a stream of any size with a key's primary version: a compact JWS (RFC 7515) whose payload is the content's SHA-256 and
   * its size, and whose `typ` is `sr-digest+jws`. `verify` refuses it, as `verifyFile` refuses what `sign` gave. The content is read once, and
   * not held.
   *
   * @example
   * const signature = await vault.signFile(file, { key: "releases" });
   *
   * @throws PurposeError; StateError; PolicyError, before the content is read; InputError; ChangedError
   */
  async signFile(content: CiphertextInput, options: SignFileOptions): Promise<string> {
    return signFile(this.use, content, options);
  }

  /**
   * Says who signed a file or a stream by `signFile`. The signature is verified first, then the content is read, at most as much as
   * was signed: use nothing of it before this resolves.
   *
   * @example
   * const { state } = await vault.verifyFile(signature, file, { key: "releases" });
   * if (state === "compromised") warn("others may have signed this");
   *
   * @throws DecryptError when this vault's keys did not sign that, or the content is another one; UnsupportedError for what `sign`
   *   gave; InputError; ChangedError
   */
  async verifyFile(token: string, content: CiphertextInput, options?: VerifyFileOptions): Promise<VerifiedFile> {
    return verifyFile(this.use, token, content, options);
  }
}

/** For callers who keep their own keys: the same formats, without a vault. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { PublicJwk, SecretJwk } from "../../shared/model/jwk.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import type { WireRecipient } from "../../shared/protocol/standalone-calls.js";
import { wellFormed } from "../../shared/text.js";
import { jwkJson } from "../keys/jwk-json.js";
import { contextText } from "../objects/context-text.js";
import { decryptFrom } from "../objects/decrypt.js";
import type { DecryptedObject } from "../objects/decrypted-object.js";
import { encryptTo } from "../objects/encrypt.js";
import type { EncryptedObject } from "../objects/encrypted-object.js";
import type { CiphertextInput, Input } from "../objects/input.js";
import { DECRYPT, ENCRYPT, type DecryptOptions, type EncryptOptions } from "../objects/object-options.js";
import type { Connection } from "../runtime/connection.js";
import { connectKeys } from "../runtime/start-engine.js";
import { Key, type Recipient } from "./key-handle.js";

/** A fresh key: `A256KW` for a KEK of 256 bits, `P-256` for a pair. */
export async function generateKey(type: "A256KW" | "P-256"): Promise<Key> {
  if (type !== "A256KW" && type !== "P-256") {
    throw new ArgumentError('the type must be "A256KW" or "P-256"');
  }
  const connection = await connectKeys();
  return new Key(connection, await connection.peer.call("generateKey", type));
}

/** A key from its JWK: `oct` of 32 bytes or `EC` P-256, public or secret. */
export async function importKey(jwk: PublicJwk | SecretJwk | JsonWebKey | string): Promise<Key> {
  const text = jwkJson(jwk);
  const connection = await connectKeys();
  return new Key(connection, await connection.peer.call("importKey", text));
}

/** The public half as a JWK. A symmetric key has none. */
export async function exportKey(key: Key): Promise<PublicJwk> {
  keyHandle(key, await connectKeys());
  if (key.publicKey) return key.publicKey;
  throw new ArgumentError("a symmetric key has no public half; see dangerouslyExportKey");
}

/** The secret itself, as a JWK. It opens everything that the key opens. */
export async function dangerouslyExportKey(key: Key): Promise<SecretJwk> {
  const connection = await connectKeys();
  const handle = keyHandle(key, connection);
  if (!key.secret) throw new ArgumentError("this is a public key; there is no secret in it");
  return JSON.parse(await connection.peer.call("secretJwk", handle)) as SecretJwk;
}

export interface WrapOptions {
  /** Bound to the envelope; the same must be given to unwrap. */
  context?: EncryptionContext | undefined;
}

const WRAP = { context: check.texts } satisfies Checks<WrapOptions>;

/**
 * Wraps a key to recipients: an Encrypted JWK in JWE's general JSON serialization. Each of several recipients could make an object of it that
 * `decrypt` takes for written by a symmetric key among them: use that key for nothing else.
 */
export async function wrapKey(
  key: Key,
  recipients: Recipient | readonly Recipient[],
  options?: WrapOptions,
): Promise<string> {
  const bound = contextText(optionsOf(options, WRAP).context);
  const connection = await connectKeys();
  const to = recipientList(recipients, connection);
  return connection.peer.call("wrapKey", keyHandle(key, connection), to, bound);
}

/** Opens an envelope by one of the identities. */
export async function unwrapKey(
  envelope: string,
  identities: Key | readonly Key[],
  options?: WrapOptions,
): Promise<Key> {
  const bound = contextText(optionsOf(options, WRAP).context);
  const text = wellFormed(envelope, "an envelope");
  const connection = await connectKeys();
  const by = oneOrMore(identities, "an identity").map((key) => keyHandle(key, connection));
  return new Key(connection, await connection.peer.call("unwrapKey", text, by, bound));
}

export interface EncryptToOptions extends EncryptOptions {
  recipients: Recipient | readonly Recipient[];
}

export interface DecryptByOptions extends DecryptOptions {
  identities: Key | readonly Key[];
}

const ENCRYPT_TO = { ...ENCRYPT, recipients: check.any } satisfies Checks<EncryptToOptions>;
const DECRYPT_BY = { ...DECRYPT, identities: check.any } satisfies Checks<DecryptByOptions>;

/** Encrypts to recipients. Resolves before the input is read. */
export async function encrypt(input: Input, options: EncryptToOptions): Promise<EncryptedObject> {
  const checked = optionsOf(options, ENCRYPT_TO);
  // Copied before anything is awaited, as the context is: the caller may change them.
  const listed = oneOrMore(checked.recipients, "a recipient");
  const connection = await connectKeys();
  const recipients = recipientList(listed, connection);
  return encryptTo({ recipients }, input, checked, connection);
}

/** Opens an object by one of the identities; look at `origin` for whether its writer is proven. */
export async function decrypt(
  input: CiphertextInput,
  options: DecryptByOptions,
): Promise<DecryptedObject> {
  const checked = optionsOf(options, DECRYPT_BY);
  const listed = oneOrMore(checked.identities, "an identity");
  const connection = await connectKeys();
  const identities = listed.map((key) => keyHandle(key, connection));
  return decryptFrom({ identities }, input, checked, connection);
}

function recipientList(
  recipients: Recipient | readonly Recipient[],
  connection: Connection,
): WireRecipient[] {
  return oneOrMore(recipients, "a recipient").map((recipient) => {
    if (recipient instanceof Key) return recipient.handle(connection);
    if ("d" in recipient || "k" in recipient) {
      throw new ArgumentError("a recipient is a public JWK; import a secret one by importKey");
    }
    return jwkJson(recipient, "a recipient");
  });
}

function keyHandle(key: Key, connection: Connection): number {
  if (key instanceof Key) return key.handle(connection);
  throw new ArgumentError("not a key; make one by generateKey or importKey");
}

function oneOrMore<T extends object>(items: T | readonly T[], what: string): readonly T[] {
  const list = (Array.isArray(items) ? Array.from(items as readonly T[]) : [items]) as readonly T[];
  if (list.length === 0) throw new ArgumentError(`${what} is needed`);
  if (list.some((item) => typeof item !== "object" || item === null)) {
    throw new ArgumentError(`not ${what}`);
  }
  return list;
}

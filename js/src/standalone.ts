/**
 * Use without a vault, for those who keep their own keys: the same envelopes and objects, by keys that are made or
 * imported here. An entry point of its own, `strongroom/standalone`, beside `strongroom`, which has the errors, `init`
 * and the types of objects.
 */
export {
  dangerouslyExportKey,
  decrypt,
  encrypt,
  exportKey,
  generateKey,
  importKey,
  unwrapKey,
  wrapKey,
} from "./page/standalone/operations.js";
export type { DecryptByOptions, EncryptToOptions, WrapOptions } from "./page/standalone/operations.js";
export type { Key, Recipient } from "./page/standalone/key-handle.js";
export type { PublicJwk, SecretJwk } from "./shared/model/jwk.js";

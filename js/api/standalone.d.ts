import {
  CiphertextInput,
  Closeable,
  DecryptOptions,
  DecryptedObject,
  EncryptOptions,
  EncryptedObject,
  EncryptionContext,
  Input,
  PublicJwk,
  SecretJwk,
} from "./common.js";

type Recipient = Key | PublicJwk;
declare class Key extends Closeable {
  #private;
  readonly kid: string;
  readonly type: "A256KW" | "P-256";
  readonly secret: boolean;
  readonly publicKey: PublicJwk | undefined;
  close(): void;
}
declare function generateKey(type: "A256KW" | "P-256"): Promise<Key>;
declare function importKey(jwk: PublicJwk | SecretJwk | JsonWebKey | string): Promise<Key>;
declare function exportKey(key: Key): Promise<PublicJwk>;
declare function dangerouslyExportKey(key: Key): Promise<SecretJwk>;
interface WrapOptions {
  context?: EncryptionContext | undefined;
}
declare function wrapKey(key: Key, recipients: Recipient | readonly Recipient[], options?: WrapOptions): Promise<string>;
declare function unwrapKey(envelope: string, identities: Key | readonly Key[], options?: WrapOptions): Promise<Key>;
interface EncryptToOptions extends EncryptOptions {
  recipients: Recipient | readonly Recipient[];
}
interface DecryptByOptions extends DecryptOptions {
  identities: Key | readonly Key[];
}
declare function encrypt(input: Input, options: EncryptToOptions): Promise<EncryptedObject>;
declare function decrypt(input: CiphertextInput, options: DecryptByOptions): Promise<DecryptedObject>;
export {
  type DecryptByOptions,
  type EncryptToOptions,
  type Key,
  type PublicJwk,
  type Recipient,
  type SecretJwk,
  type WrapOptions,
  dangerouslyExportKey,
  decrypt,
  encrypt,
  exportKey,
  generateKey,
  importKey,
  unwrapKey,
  wrapKey,
};

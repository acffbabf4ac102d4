/**
 * Names and values that are bound to a ciphertext and must be given again to decrypt. Authenticated,
 * not secret. At most 64 members and 8 KiB; names beginning with `strongroom:` are reserved.
 */
export type EncryptionContext = Readonly<Record<string, string>>;

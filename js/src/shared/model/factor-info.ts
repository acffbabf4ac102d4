/** What is known of a factor. */
export interface FactorInfo {
  /** 43 characters: the thumbprint of its public key. */
  readonly id: string;
  /** `"passphrase"`, or what a later release calls it. */
  readonly kind: string;
  /** What people call it. */
  readonly name: string | undefined;
  /** When it was added, in milliseconds since 1970; `undefined` for those that the vault was created with. */
  readonly added: number | undefined;
  /** Whether this release can open it. One that it does not know is kept as it is. */
  readonly known: boolean;
}

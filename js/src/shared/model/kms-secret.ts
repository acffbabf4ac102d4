/**
 * A ticket for a secret that a key management service (KMS) unwrapped, and that lies in the vault's Worker. An adapter's `unwrap` returns it in
 * place of the 32 bytes. It is good for the one question that it was given for, once.
 */
export class KmsSecret {
  readonly #asked: object;
  readonly #ticket: number;

  /** @internal */
  constructor(asked: object, ticket: number) {
    this.#asked = asked;
    this.#ticket = ticket;
    Object.freeze(this);
  }

  /** The Worker's number of it, if it was given for that question. @internal */
  static ticketOf(given: unknown, asked: object): number | undefined {
    const isOne = typeof given === "object" && given !== null && #asked in given;
    return isOne && given.#asked === asked ? given.#ticket : undefined;
  }
}

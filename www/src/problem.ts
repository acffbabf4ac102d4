/** What a person typed cannot be used; the message says why, `field` where. */
export class Problem extends Error {
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

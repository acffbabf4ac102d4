/** Input that cannot be used: the message says why, `field` names the field. */
export class Problem extends Error {
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

/** Input that cannot be used: the message says why, `field` names the field. */
export class Problem extends Error {
  readonly field: string | undefined;
  /** Where in the field's text it is: from, to. */
  readonly range: readonly [number, number] | undefined;

  constructor(message: string, field?: string, range?: readonly [number, number]) {
    super(message);
    this.field = field;
    this.range = range;
  }
}

/** What an object is a sidecar of. */
export interface Sidecar {
  /** The parent's id. */
  readonly parent: string;
  /** What it is of the parent, such as `thumbnail`: 1 to 64 of `a-z`, `0-9` and `-`. */
  readonly name: string;
}

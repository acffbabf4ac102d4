/**
 * What travels with an object, encrypted: what a `File` says of itself, unless you say otherwise. A date before 1970 is
 * left out, and a file's own name is cut to 1,024 characters.
 */
export interface FileMetadata {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  /** Bytes of plaintext; absent where it was not known beforehand. */
  readonly size?: number | undefined;
  /** Milliseconds since 1970. */
  readonly modified?: number | undefined;
}

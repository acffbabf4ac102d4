/** What travels with an object, encrypted. */
export interface FileMetadata {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  /** Bytes of plaintext; absent where it was not known beforehand. */
  readonly size?: number | undefined;
  /** Milliseconds since 1970. */
  readonly modified?: number | undefined;
}

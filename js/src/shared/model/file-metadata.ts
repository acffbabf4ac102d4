import type { Json } from "./json.js";

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
  /**
   * What else you want to say of it, such as `{ pages: 3 }`: whatever JSON can say, at most 4,096 bytes of it and 16 levels
   * deep. Encrypted like the rest, kept by `rewrap` and `reencrypt`, and replaced as a whole.
   */
  readonly custom?: { readonly [name: string]: Json } | undefined;
}

/** The same as it crosses to the core: `custom` as JSON text. @internal */
export interface WireMetadata extends Omit<FileMetadata, "custom"> {
  readonly custom?: string | undefined;
}

/** The inventory's entries. */
import type { KeyElsewhere } from "./key-elsewhere.js";
import type { KeyReference } from "./key-info.js";
import type { Sidecar } from "./sidecar.js";

/** An object as the inventory has it. */
export interface TrackedObject {
  readonly id: string;
  /** The id of the key that protects it. */
  readonly key: string;
  /** The id of the version that opens it. */
  readonly version: string;
  /** Since when the inventory has it, in milliseconds since 1970. */
  readonly tracked: number;
  /** Bytes of the object, as it is stored. */
  readonly size?: number | undefined;
  readonly location?: string | undefined;
  /** Whether the header is in the vault, or wherever the caller put it. */
  readonly header: "vault" | "elsewhere";
  /** What it is a sidecar of. */
  readonly sidecar?: Sidecar | undefined;
  /**
   * Who opens it besides the vault: the thumbprints of their keys (RFC 7638), in ascending order. `undefined` of an object for the vault alone, and of one
   * that was entered before this was kept, until it is tracked or moved once more.
   */
  readonly recipients?: readonly string[] | undefined;
}

export interface TrackOptions {
  /** The id that the object must have. */
  id?: string | undefined;
  /** Where it is stored, to fetch it from. Encrypted at rest. */
  location?: string | undefined;
  /** Bytes of the object as it is stored, where it does not know. */
  size?: number | undefined;
}

/** Which objects: of one key, or of one of its versions; the sidecars of one object; those for one recipient. */
export interface ObjectFilter {
  /** The id of the object. */
  parent?: string | undefined;
  key?: KeyReference | undefined;
  /** A version's id. */
  version?: string | undefined;
  /** The key of a recipient besides the vault. Pages of such a list can be empty before the last one, and `total` counts all objects. */
  recipient?: KeyElsewhere | undefined;
}

/** A part of the list of objects. */
export interface ObjectPage {
  readonly objects: readonly TrackedObject[];
  /** What to give as `after` for the next page; `undefined` at the end. */
  readonly next?: string | undefined;
  /** How many there are on all pages together. */
  readonly total: number;
}

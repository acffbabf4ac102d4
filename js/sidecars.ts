/** Sidecars: small objects that belong to others, and are read without them. */
import { requestText } from "./context.js";

/** What an object is a sidecar of. */
export interface Sidecar {
  /** The parent's id. */
  readonly parent: string;
  /** What it is of the parent, such as `thumbnail`: 1 to 64 of `a-z`, `0-9` and `-`. */
  readonly name: string;
}

/** @internal */
export function sidecarText(sidecar: Sidecar | undefined): string | undefined {
  return sidecar === undefined ? sidecar : requestText(sidecar);
}

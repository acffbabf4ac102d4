/** Which build this script is of. The page and the Worker must be of one. */
import { WorkerError } from "./errors/index.js";

/** The version, and a digest of what it was built from. The build puts it here. */
declare const STRONGROOM_RELEASE: string;

/** @internal */
export const RELEASE: string = STRONGROOM_RELEASE;

/**
 * Holds the other side to this script's release: a cached or copied script of another one would misunderstand calls.
 *
 * @throws WorkerError @internal
 */
export function checkRelease(theirs: string | undefined): void {
  if (theirs === RELEASE) return;
  const releases = `${RELEASE} and ${theirs ?? "an older one"}`;
  const advice = "serve both from the same release, and reload the page";
  throw new WorkerError(`the page's script and worker.js are of different releases, ${releases}; ${advice}`);
}

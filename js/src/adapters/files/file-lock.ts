/** One at a time changes a file, in all tabs of an origin; the browser lets go for a tab that ended. */
import { InUseError } from "../../shared/errors/index.js";
import { holdLock, type ReleaseLock } from "../../shared/locks.js";

/** Where there are no Web Locks, there is one page only. */
const held = new Set<string>();

/** Whether no two tabs change a file at once. @internal */
export function keepsTabsApart(): boolean {
  return (globalThis.navigator?.locks as LockManager | undefined) !== undefined || typeof document === "undefined";
}

/** Nothing where another holds it. @internal */
export async function lockFile(vault: string, id: string): Promise<ReleaseLock | undefined> {
  const name = `strongroom:file:${vault}:${id}`;
  if (globalThis.navigator?.locks as LockManager | undefined) return holdLock(name, { ifAvailable: true });
  if (held.has(name)) return undefined;
  held.add(name);
  return async () => void held.delete(name);
}

/** @throws InUseError where another holds it @internal */
export async function holdFile(vault: string, id: string): Promise<ReleaseLock> {
  const release = await lockFile(vault, id);
  if (release) return release;
  throw new InUseError("the file is being changed already, here or in another tab");
}

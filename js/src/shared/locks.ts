/** Web Locks, which the browser releases when their holder ends. */

/** Lets a lock go; resolves once another may have it. */
export type ReleaseLock = () => Promise<void>;

/**
 * Holds a lock until what it returns is called, or the page or Worker ends; returns nothing where `ifAvailable` is set
 * and another holds it. @internal
 */
export function holdLock(name: string, options: LockOptions = {}): Promise<ReleaseLock | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (lock) {
        return new Promise((letGo) => {
          resolve(() => {
            letGo();
            return released;
          });
        });
      }
      resolve(undefined);
      return undefined;
    };
    const released: Promise<void> = navigator.locks.request(name, options, held).catch(reject);
  });
}

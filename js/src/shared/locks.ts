/** Web Locks, which the browser releases when their holder ends. */

/**
 * Holds a lock until what it returns is called, or the page or Worker ends; returns nothing where `ifAvailable` is set
 * and another holds it. @internal
 */
export function holdLock(name: string, options: LockOptions = {}): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (lock) return new Promise((release) => resolve(release));
      resolve(undefined);
      return undefined;
    };
    navigator.locks.request(name, options, held).catch(reject);
  });
}

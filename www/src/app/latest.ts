/**
 * Applies only the result of the latest of overlapping reads: an older one that arrives late is dropped, and so
 * is its error.
 */
export function latest<T>(apply: (value: T) => void): (read: Promise<T>) => Promise<void> {
  let current: Promise<T> | undefined;
  return async (read) => {
    current = read;
    try {
      const value = await read;
      if (current === read) apply(value);
    } catch (error) {
      if (current === read) throw error;
    }
  };
}

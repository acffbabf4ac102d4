/** IndexedDB's events as promises: the few that a store needs, where a library would be downloaded with all. */

/** What a request gives. */
export function given<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** That a transaction was committed. */
export function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    // An error that nobody handles aborts it; an abort that was asked for has none.
    transaction.addEventListener("abort", () => {
      reject(transaction.error ?? new DOMException("aborted", "AbortError"));
    });
  });
}

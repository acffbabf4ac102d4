/** What holds something in the engine until it is closed. */
export abstract class Closeable {
  /** `close()`, for `using`; there where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;

  abstract close(): void | Promise<void>;

  static {
    closeBy(Closeable.prototype, "dispose");
  }
}

/** As `Closeable`; `close()` resolves once everything is let go. */
export abstract class AsyncCloseable extends Closeable {
  /** `close()`, for `await using`; there where the engine knows `Symbol.asyncDispose`. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  abstract override close(): Promise<void>;

  static {
    closeBy(AsyncCloseable.prototype, "asyncDispose");
  }
}

/** Makes an object's `close` what `using` calls, where the engine knows it. @internal */
export function closeBy(prototype: { close(): unknown }, name: "dispose" | "asyncDispose"): void {
  const symbol = Symbol[name] as symbol | undefined;
  if (typeof symbol !== "symbol") return;
  Object.defineProperty(prototype, symbol, {
    value(this: { close(): unknown }) {
      return this.close();
    },
  });
}

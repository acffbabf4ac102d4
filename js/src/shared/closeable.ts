/** What holds something in the engine until it is closed. */
export abstract class Closeable {
  /** `close()`, for `using`; there where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;

  abstract close(): void;

  static {
    if (typeof Symbol.dispose === "symbol") {
      Object.defineProperty(Closeable.prototype, Symbol.dispose, {
        value(this: Closeable) {
          this.close();
        },
      });
    }
  }
}

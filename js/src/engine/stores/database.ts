/**
 * The connection to the database: opened on demand, given up when another tab wants to upgrade or
 * the browser closes it, and opened again.
 */
import { openDB, type IDBPDatabase, type IDBPTransaction } from "idb";
import { BlockedError } from "../../shared/errors/index.js";
import type { Schema } from "./schema.js";
import { ROWS, VAULTS } from "./v1.js";

type Transaction<M extends IDBTransactionMode> = IDBPTransaction<unknown, string[], M>;

/** Milliseconds. No database was seen to take two seconds to open. */
const OPEN_TIMEOUT = 10_000;

export class Database {
  readonly #name: string;
  readonly #schema: Schema;
  #database: Promise<IDBPDatabase> | undefined;

  constructor(name: string, schema: Schema) {
    this.#name = name;
    this.#schema = schema;
  }

  /**
   * One transaction over both object stores: all that `work` writes, durably, or nothing of it.
   *
   * Reading waits for the transaction's end as well, and so does failing: the Worker may be ended then (`EndingStore`
   * says what would happen otherwise).
   */
  async transact<M extends "readonly" | "readwrite", T>(
    mode: M,
    work: (transaction: Transaction<M>) => Promise<T>,
  ): Promise<T> {
    this.#database ??= this.#open();
    const database = await this.#database;
    const transaction = database.transaction([VAULTS, ROWS], mode, { durability: "strict" });
    const { done } = transaction;
    done.catch(() => {});
    try {
      const result = await work(transaction);
      await done;
      return result;
    } catch (error) {
      abort(transaction);
      const reason: unknown = await done.then(
        () => error,
        (aborted: unknown) => aborted,
      );
      // A request that fails ends those behind it: the transaction has the reason, and they do not.
      const { name } = (error ?? {}) as Partial<Error>;
      throw name === "AbortError" ? reason : error;
    }
  }

  async #open(): Promise<IDBPDatabase> {
    try {
      return await this.#request();
    } catch (error) {
      this.#database = undefined;
      throw error;
    }
  }

  /**
   * Opens the database, or says that another tab stands in the way: by an older version that it keeps
   * open, which is told at once, or by one that it deletes or upgrades, behind which a request waits and
   * is told nothing. The request still waits then: should it succeed later, nobody wants the connection
   * any more, and it is closed.
   */
  #request(): Promise<IDBPDatabase> {
    return new Promise((resolve, reject) => {
      let late = false;
      const blocked = (): void => {
        late = true;
        reject(new BlockedError("another tab keeps the database; close that tab and try again"));
      };
      const patience = setTimeout(blocked, OPEN_TIMEOUT);
      const opening = openDB(this.#name, this.#schema.version, {
        upgrade: this.#schema.migrate,
        blocked,
        // No tab of an older release may block the upgrade of a newer one.
        blocking: (_current, _wanted, event) => {
          this.#database = undefined;
          (event.target as IDBDatabase).close();
        },
        terminated: () => {
          this.#database = undefined;
        },
      });
      opening
        .then((database) => (late ? database.close() : resolve(database)), reject)
        .finally(() => clearTimeout(patience));
    });
  }
}

/** Rolls back, unless the browser did. */
function abort(transaction: Transaction<IDBTransactionMode>): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

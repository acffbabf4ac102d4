/**
 * The connection to the database: opened on demand, given up when another tab wants to upgrade or
 * the browser closes it, and opened again.
 */
import { openDB, type IDBPDatabase, type IDBPTransaction } from "idb";
import { BlockedError } from "../../errors.js";
import { migrate, ROWS, VAULTS, VERSION } from "./schema.js";

export { ROWS, VAULTS };

type Transaction<M extends IDBTransactionMode> = IDBPTransaction<unknown, string[], M>;

export class Connection {
  readonly #name: string;
  #database: Promise<IDBPDatabase> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * One transaction over both object stores: all that `work` writes, durably, or nothing of it.
   *
   * Reading waits for the transaction's end as well. The Worker may be ended once it has answered, and
   * WebKit keeps the connection of one that ends while a transaction commits: until the browser is
   * closed, nobody could upgrade or delete the database.
   */
  async transact<M extends "readonly" | "readwrite", T>(
    mode: M,
    work: (transaction: Transaction<M>) => Promise<T>,
  ): Promise<T> {
    this.#database ??= this.#open();
    const database = await this.#database;
    const transaction = database.transaction([VAULTS, ROWS], mode, { durability: "strict" });
    const { done } = transaction;
    // What fails a request fails the transaction as well: reported once, by the request.
    done.catch(() => {});
    try {
      const result = await work(transaction);
      await done;
      return result;
    } catch (error) {
      abort(transaction);
      throw error;
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
   * Opens the database, or says that another tab stands in the way. That request still waits then:
   * should it succeed later, nobody wants the connection any more, and it is closed.
   */
  #request(): Promise<IDBPDatabase> {
    return new Promise((resolve, reject) => {
      let blocked = false;
      const opening = openDB(this.#name, VERSION, {
        upgrade: migrate,
        blocked: () => {
          blocked = true;
          reject(new BlockedError("another tab keeps an older version open; close it and try again"));
        },
        // No tab of an older release may block the upgrade of a newer one.
        blocking: (_current, _wanted, event) => {
          this.#database = undefined;
          (event.target as IDBDatabase).close();
        },
        terminated: () => {
          this.#database = undefined;
        },
      });
      opening.then((database) => (blocked ? database.close() : resolve(database)), reject);
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

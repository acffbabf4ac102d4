/** The schema's version, and the way there from every older one. A migration is a file of its own. */
import type { IDBPDatabase } from "idb";
import * as v1 from "./v1.js";

export { ROWS, VAULTS } from "./v1.js";

/** What this release reads and writes. */
export const VERSION = 1;

/** Brings a database of version `from` (0: empty) to `VERSION`, inside the upgrade's transaction. */
export function migrate(database: IDBPDatabase, from: number): void {
  if (from < 1) v1.migrate(database);
}

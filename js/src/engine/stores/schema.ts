/** The schema's version, and the way there from every older one. A migration is a file of its own. */
import type { IDBPDatabase } from "idb";
import * as v1 from "./v1.js";

export interface Schema {
  version: number;
  /** Brings a database of version `from` (0: empty) to this one, inside the upgrade's transaction. */
  migrate(database: IDBPDatabase, from: number): void;
}

/** What this release reads and writes. */
export const SCHEMA: Schema = {
  version: 1,
  migrate(database, from) {
    if (from < 1) v1.migrate(database);
  },
};

/**
 * Version 1: the first. Both object stores have keys of their own making, not taken from the value,
 * so that a row's bytes are stored as they were written.
 */
import type { IDBPDatabase } from "idb";

export const VAULTS = "vaults";
export const ROWS = "rows";

export function migrate(database: IDBPDatabase): void {
  database.createObjectStore(VAULTS);
  database.createObjectStore(ROWS);
}

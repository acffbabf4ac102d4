/** The port of a store that you bring (`Strongroom.create({ store })`): types, and nothing that is downloaded. */
export type { RecordId, RowRange, Store, StoredRow } from "./shared/model/vault-store.js";

import {
  RecordId,
  RowRange,
  Store,
  StoredRow,
} from "./common.js";
export {
  type RecordId,
  type RowRange,
  type Store,
  type StoredRow,
};

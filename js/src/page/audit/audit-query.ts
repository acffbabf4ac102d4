/** Which entries of a log are asked for. */
import type { AuditFilter, OfLog } from "../../shared/model/audit-entry.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, type Checks } from "../../shared/options.js";

/** Which entries. */
export interface AuditQuery extends AuditFilter, OfLog, AbortOptions {
  /** Those that name this key. */
  key?: KeyReference | undefined;
}

/** @internal */
export const AUDIT_QUERY = {
  key: check.any,
  operation: check.name,
  error: check.name,
  done: check.flag,
  log: check.name,
  from: check.number,
  to: check.number,
  ...ABORT,
} satisfies Checks<AuditQuery>;

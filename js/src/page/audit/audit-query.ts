/** Which entries of a log are asked for. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { AuditFilter, OfLog } from "../../shared/model/audit-entry.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, type Checks } from "../../shared/options.js";
import { contextText } from "../objects/context-text.js";

/** Which entries. */
export interface AuditQuery extends AuditFilter, OfLog, AbortOptions {
  /** Those that name this key. */
  key?: KeyReference | undefined;
  /** Those of exactly this encryption context, with all of its members and no others. */
  context?: EncryptionContext | undefined;
}

/** @internal */
export const AUDIT_QUERY = {
  key: check.any,
  context: check.any,
  operation: check.name,
  error: check.name,
  done: check.flag,
  log: check.name,
  from: check.number,
  to: check.number,
  ...ABORT,
} satisfies Checks<AuditQuery>;

/**
 * The context as it crosses into wasm.
 *
 * @throws ArgumentError for one without members: an entry without a context says nothing of it @internal
 */
export function queriedContext(context: EncryptionContext | undefined): string | undefined {
  const text = contextText(context);
  if (context !== undefined && text === undefined) throw new ArgumentError("context (one member at least)");
  return text;
}

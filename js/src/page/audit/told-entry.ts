/** An entry of the audit log as others are told of it. */
import type { AuditEntry } from "../../shared/model/audit-entry.js";

/** Where an entry comes from. */
export interface EntrySource {
  /** The vault's id. */
  readonly vault: string;
  /** The log's id. */
  readonly log: string;
  /** The id of the device that writes it. */
  readonly device: string;
}

/** An entry with its source. */
export interface ToldEntry extends EntrySource, AuditEntry {
  /** `true` where the entry has `failed`: no key was there to prove the attempts, which whoever writes to the browser's storage can make up. */
  readonly unproven?: boolean;
}

/** @internal */
export function toldEntry(source: EntrySource, entry: AuditEntry, reasons: boolean): ToldEntry {
  const { reason, ...rest } = entry;
  return {
    vault: source.vault,
    log: source.log,
    device: source.device,
    ...rest,
    ...(reasons && reason !== undefined && { reason }),
    ...(isFailure(entry) && entry.error === undefined && { unproven: true }),
  };
}

/** Whether it tells that something was not done. @internal */
export function isFailure({ error, failed, operation }: AuditEntry): boolean {
  return error !== undefined || failed !== undefined || operation === "failUnlock";
}

/** Each entry has one, and a log's copies agree on it. @internal */
export function entryUid({ log, sequence }: ToldEntry): string {
  return `${log}/${sequence}`;
}

/** Keys in one text: `<key>.<version>*<uses>`, with spaces between. @internal */
export function keysText({ keys }: AuditEntry): string {
  const text = keys.map(({ key, version, uses }) => `${key}${version === undefined ? "" : `.${version}*${uses ?? 1}`}`);
  return text.join(" ");
}

/** Contexts in one text, with spaces between. @internal */
export function contextsText({ contexts }: AuditEntry): string | undefined {
  return contexts?.join(" ");
}

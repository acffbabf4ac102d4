/** Entries of the audit log as events of OCSF (Open Cybersecurity Schema Framework), https://schema.ocsf.io/1.8.0. */
import { RELEASE } from "../../shared/release.js";
import { CLASS, ocsfOperation, OTHER_ACTIVITY, type EntityKind, type OcsfOperation } from "./ocsf-operations.js";
import { entryUid, isFailure, type ToldEntry } from "./told-entry.js";

/** The release of the schema that the events are of. */
const SCHEMA = "1.8.0";
/** What has none of the types that the schema knows. */
const OTHER_TYPE = 99;
/** `logon_type_id`: a factor, and what a tab kept of an unlock. */
const [UNLOCK, CACHED_UNLOCK] = [7, 13];
/** `severity_id` of what failed: low, and what an auditor looks at. */
const [LOW, MEDIUM, HIGH] = [2, 3, 4];
const SEVERITY_WORDS = ["Unknown", "Informational", "Low", "Medium", "High"];

/** One event for one entry. @internal */
export function ocsfEvent(entry: ToldEntry): object {
  const known = ocsfOperation(entry.operation);
  const severity = severityOf(entry);
  return {
    category_uid: Math.floor(known.of / 1000),
    class_uid: known.of,
    activity_id: known.activity,
    ...(known.activity === OTHER_ACTIVITY && { activity_name: entry.operation }),
    type_uid: known.of * 100 + known.activity,
    time: entry.at,
    severity_id: severity,
    severity: SEVERITY_WORDS[severity],
    ...statusOf(entry, known),
    metadata: {
      version: SCHEMA,
      product: { name: "strongroom", vendor_name: "strongroom", version: RELEASE },
      uid: entryUid(entry),
      sequence: entry.sequence,
      event_code: entry.operation,
      log_name: entry.log,
    },
    ...membersOfClass(entry, known),
    unmapped: unmappedOf(entry),
  };
}

/** @internal */
export function severityOf(entry: ToldEntry): number {
  const { severity } = ocsfOperation(entry.operation);
  if (entry.error === undefined) return severity;
  if (entry.error === "ERR_INTEGRITY") return HIGH;
  return Math.max(severity, entry.error === "ERR_POLICY" || entry.error === "ERR_DECRYPT" ? MEDIUM : LOW);
}

/** A finding is new, and has not failed. */
function statusOf(entry: ToldEntry, known: OcsfOperation): object {
  if (known.of === CLASS.finding) return { status_id: 1, status: "New" };
  const failed = isFailure(entry);
  return {
    status_id: failed ? 2 : 1,
    status: failed ? "Failure" : "Success",
    status_code: entry.error,
    status_detail: entry.rule,
  };
}

function membersOfClass(entry: ToldEntry, known: OcsfOperation): object {
  const actor = { app_name: "strongroom", app_uid: entry.vault };
  const beside = { actor, src_endpoint: { uid: entry.device } };
  switch (known.of) {
    case CLASS.entity:
      return { ...beside, entity: entityOf(entry, known.entity) };
    case CLASS.authentication:
      return {
        ...beside,
        user: { uid: entry.vault, credential_uid: entry.factor },
        service: { name: "strongroom", uid: entry.vault },
        is_remote: false,
        logon_type_id: entry.operation === "reload" ? CACHED_UNLOCK : UNLOCK,
      };
    case CLASS.datastore:
      return { ...beside, database: { uid: entry.vault, type: "Vault", type_id: OTHER_TYPE }, type_id: 1 };
    case CLASS.finding:
      return {
        device: { uid: entry.device, type: "Browser", type_id: OTHER_TYPE },
        finding_info: { uid: entryUid(entry), title: "Entries of the audit log were lost" },
        is_alert: true,
      };
  }
}

/** An operation on several keys names the first one here, and all of them among what is not mapped. */
function entityOf(entry: ToldEntry, kind: EntityKind): object {
  const ids: Record<EntityKind, string | undefined> = {
    Key: entry.keys[0]?.key,
    Factor: entry.factor,
    Vault: entry.vault,
    "Audit Log": entry.log,
  };
  const uid = ids[kind];
  return { type_id: OTHER_TYPE, type: kind, ...(uid === undefined ? { name: "unknown" } : { uid }) };
}

/** What the schema has no member for, by the names of the entry. */
function unmappedOf(entry: ToldEntry): object {
  const { sequence: _sequence, at: _at, operation: _operation, error: _error, rule: _rule, ...rest } = entry;
  return rest;
}

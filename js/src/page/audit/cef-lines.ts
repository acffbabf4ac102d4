/** Entries of the audit log in ArcSight's Common Event Format, version 0. */
import { RELEASE } from "../../shared/release.js";
import { severityOf } from "./ocsf-events.js";
import { contextsText, entryUid, isFailure, keysText, type ToldEntry } from "./told-entry.js";

/** From 0 to 10, by OCSF's `severity_id`: unknown, informational, low, medium, high. */
const CEF_SEVERITIES = [0, 1, 3, 5, 8];

/** A line without its end. @internal */
export function cefLine(entry: ToldEntry): string {
  const name = header(entry.operation);
  const severity = CEF_SEVERITIES[severityOf(entry)] ?? 0;
  const front = ["CEF:0", "strongroom", "strongroom", header(RELEASE), name, name, severity].join("|");
  const members = Object.entries(extensionOf(entry)).filter(([, value]) => value !== undefined && value !== "");
  return `${front}|${members.map(([key, value]) => `${key}=${extension(String(value))}`).join(" ")}`;
}

function extensionOf(entry: ToldEntry): Record<string, string | number | undefined> {
  return {
    rt: entry.at,
    act: entry.operation,
    outcome: isFailure(entry) ? "failure" : "success",
    reason: entry.error,
    msg: entry.reason,
    externalId: entryUid(entry),
    deviceExternalId: entry.device,
    fileId: entry.object,
    ...labelled("cs", { vault: entry.vault, keys: keysText(entry), rule: entry.rule, factor: entry.factor, after: entry.begins?.after?.log }),
    ...labelled("cn", { failed: entry.failed, lost: entry.lost, more: entry.more }),
    ...(entry.contexts && { flexString1: contextsText(entry), flexString1Label: "contexts" }),
    ...(entry.moreContexts !== undefined && { flexNumber1: entry.moreContexts, flexNumber1Label: "moreContexts" }),
    ...(entry.unproven === true && { cs6: "true", cs6Label: "unproven" }),
  };
}

/** Members of one's own have numbers, and say what they are beside. */
function labelled(prefix: string, members: Record<string, string | number | undefined>): Record<string, string | number> {
  const own: Record<string, string | number> = {};
  for (const [at, [name, value]] of Object.entries(members).entries()) {
    if (value === undefined || value === "") continue;
    own[`${prefix}${at + 1}`] = value;
    own[`${prefix}${at + 1}Label`] = name;
  }
  return own;
}

/** What ends a line for some reader, within a text that has none. */
const ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu;

/** A header has no line of its own to break: a pipe and a backslash are escaped. */
function header(text: string): string {
  return text.replace(ENDS, " ").replace(/[\\|]/gu, "\\$&");
}

/** An equals sign and a backslash are escaped, and so is the end of a line. */
function extension(text: string): string {
  return text.replace(/[\\=]/gu, "\\$&").replace(ENDS, "\\n");
}

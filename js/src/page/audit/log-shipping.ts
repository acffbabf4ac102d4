/** What a shipment of the audit log is asked for with. */
import { ArgumentError } from "../../shared/errors/index.js";
import { isUrl } from "../../shared/kinds.js";
import { ABORT, check, optionsOf, type Check, type Checks } from "../../shared/options.js";
import type { UseEngine } from "../runtime/connection.js";
import { loadLazily } from "../runtime/lazy-scripts.js";
import type { AuditSend, AuditShipOptions } from "./audit-batch.js";
import type { AuditShipment } from "./shipment.js";

/** Entries of a batch, and milliseconds between two looks. */
const [LIMIT, EVERY] = [256, 5000];
const LONGEST_INTERVAL = 24 * 60 * 60 * 1000;

function integer(least: number, most: number): Check {
  return (value, name) => {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value;
    throw new ArgumentError(`${name} must be a whole number from ${least} to ${most}`);
  };
}

const SHIP = {
  ...ABORT,
  format: (value, name) => {
    if (value === "ocsf" || value === "entries") return value;
    throw new ArgumentError(`${name} must be ocsf or entries`);
  },
  reasons: check.flag,
  name: check.name,
  headers: check.texts,
  limit: integer(64, 1000),
  every: integer(1000, LONGEST_INTERVAL),
} satisfies Checks<AuditShipOptions>;

/** @internal */
export async function beginShipment(
  use: UseEngine,
  vault: { readonly id: string; readonly name: string },
  destination: string | URL | AuditSend,
  options: AuditShipOptions | undefined,
): Promise<AuditShipment> {
  const { format = "ocsf", reasons = false, headers, limit = LIMIT, every = EVERY, signal, name } = optionsOf<AuditShipOptions>(options, SHIP);
  const url = typeof destination === "function" ? undefined : receiverAddress(destination);
  if (url === undefined && headers) throw new ArgumentError("headers are for a URL");
  // Rejects for a vault that is locked. It is shipped as long as this session of it lasts.
  const connection = use();
  const does = "ships the audit log";
  const { addressDigest, AuditShipment: Shipment, toUrl } = await loadLazily(async () => import("./shipping-scripts.js"), does);
  const send = url === undefined ? (destination as AuditSend) : toUrl(url, headers ?? {});
  const place = name ?? (url === undefined ? "send" : await addressDigest(url));
  return new Shipment({ use, connection }, { vault, name: place, send, format, reasons, limit, every, signal });
}

/** An address without a name and a password, which would be in what is kept of it. @internal */
export function receiverAddress(destination: unknown): string {
  const text = typeof destination === "string" || isUrl(destination) ? String(destination) : "";
  const base = (globalThis.location as Location | undefined)?.href;
  if (!URL.canParse(text, base)) throw new ArgumentError("destination must be a URL or a function");
  const { protocol, username, password, href } = new URL(text, base);
  if (!["http:", "https:"].includes(protocol) || username || password) throw new ArgumentError("destination must be a URL of http or https, without a password");
  return href;
}

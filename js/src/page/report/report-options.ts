/** What a report is asked for with. */
import { report, throwIfAborted } from "../../shared/async.js";
import { ArgumentError } from "../../shared/errors/index.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { AlertRules } from "../../shared/model/vault-alert.js";
import { check, optionsOf, WATCH, type Check, type Checks } from "../../shared/options.js";
import { DAY } from "../../shared/sentences.js";
import { loadLazily } from "../runtime/lazy-scripts.js";
import type { ReportSource } from "./report-facts.js";
import type { VaultReport } from "./vault-report.js";

/** `onProgress` counts keys and entries of the log that were read; `total` is told once the keys were. */
export interface ReportOptions extends OperationOptions {
  /** The beginning of the period, in milliseconds since 1970: 365 days before `to` unless given. */
  from?: number | undefined;
  /** Its end, which is not in it: now unless given. */
  to?: number | undefined;
  /** `false` leaves the names out that you chose: aliases of keys, names of factors, the name of the vault. Ids stand in their place. */
  names?: boolean | undefined;
  /** `true`: with the reasons that were given for changes of keys. Those are texts of people, and can say more than is meant for others. */
  reasons?: boolean | undefined;
  /** Which rules look for alerts, as for `vault.alerts.check`. They stand in the report, and those that are off are a limit of its alerts. */
  rules?: AlertRules | undefined;
}

const time: Check = (value, name) => {
  const at = check.number(value, name) as number;
  if (Number.isSafeInteger(at) && at >= 0) return at;
  throw new ArgumentError(`${name} must be a whole number of milliseconds since 1970`);
};

const REPORT = { ...WATCH, from: time, to: time, names: check.flag, reasons: check.flag, rules: check.any } satisfies Checks<ReportOptions>;

const USUAL_PERIOD = 365 * DAY;

/** @internal */
export async function reportOf(source: ReportSource, options: ReportOptions | undefined): Promise<VaultReport> {
  const { to = Date.now(), names = true, reasons = false, rules, signal, onProgress, ...rest } = optionsOf<ReportOptions>(options, REPORT);
  const from = rest.from ?? Math.max(0, to - USUAL_PERIOD);
  if (from >= to) throw new ArgumentError("from must be before to");
  throwIfAborted(signal);
  // Rejects for a vault that is locked.
  source.use();
  const { buildReport } = await loadLazily(() => import("./build-report.js"), "writes reports");
  let most = 0;
  const tell = (done: number, total: number | undefined): void => {
    most = Math.max(most, done);
    report(onProgress, { done: most, total });
  };
  return buildReport(source, { period: { from, to }, names, reasons, rules, signal, tell });
}

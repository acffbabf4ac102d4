/** Which entries of the log a line is about. */
import type { TalliedEntries } from "./log-tally.js";
import type { ReportFacts } from "./report-facts.js";
import type { LineId } from "./report-lines.js";

export type Which = (entry: TalliedEntries) => boolean;

export const POLICY_CHANGES = ["setPolicy", "setVaultPolicy", "setOrganisation", "refreshOrganisation"] as const;

export const did =
  (...operations: string[]): Which =>
  ({ operation, error }) =>
    error === undefined && operations.includes(operation);
export const isRefusal: Which = ({ error }) => error === "ERR_POLICY";
/** The factor of a backup that is merged opens that backup, and not the vault. */
export const isWrongFactor: Which = ({ error, operation }) => error === "ERR_WRONG_FACTOR" && operation !== "merge";
export const isOtherFailure: Which = (entry) => entry.error !== undefined && !isRefusal(entry) && !isWrongFactor(entry);
export const isUse: Which = ({ error, uses }) => error === undefined && uses > 0;

/** Entries whose keys are rows or figures of a line. One that was done may have used those that it does not name. */
const BY_KEY: Readonly<Partial<Record<LineId, Which>>> = {
  uses: ({ error }) => error === undefined,
  exports: ({ operation }) => operation === "exportKey",
  "policy-changes": ({ operation }) => POLICY_CHANGES.some((change) => change === operation),
  refusals: isRefusal,
  errors: isOtherFailure,
};

/** How many keys a line lacks, at least, because its entries do not name them. */
export function unnamedOf({ logs: { tally } }: Pick<ReportFacts, "logs">, line: LineId): number {
  const isOfLine = BY_KEY[line] ?? (() => false);
  return Array.from(tally.operations.values()).reduce((sum, entry) => sum + (isOfLine(entry) ? entry.unnamed : 0), 0);
}

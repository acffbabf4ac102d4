import type { PolicyTrial, TrialRefusal } from "strongroom";
import { counted, formatCount, formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { OPERATION_NAMES } from "./words";
import styles from "./TrialReport.module.css";

const RULES: Record<TrialRefusal["rule"], string> = {
  operations: "Not among the allowed operations",
  context: "Not possible with a rule for contexts",
  notBefore: "Before the first moment",
  notAfter: "After the last moment",
  requireReason: "Without a reason",
  minimumVersion: "Under a version that is too old",
  maximumUses: "More often than allowed",
  freshFactor: "No factor was presented shortly before",
  receivers: "Given out as bytes, to nobody who is named",
  approval: "Nobody else had approved it",
  secondFactor: "No factors of two kinds were presented shortly before",
};

/** What a draft would have refused, rule by rule. */
export function TrialReport({ of: { entries, refused, undecided, from } }: { of: PolicyTrial }) {
  const total = refused.reduce((sum, { count }) => sum + count, 0);
  return (
    <div class={styles.report} data-testid="trial" data-entries={entries} data-refused={total} data-undecided={undecided}>
      <p>
        <strong>{headline(entries, total, undecided)}</strong>
      </p>
      {refused.map(({ rule, count, entries: named }) => (
        <details key={rule} data-testid="trial-rule" data-rule={rule} data-count={count}>
          <summary>
            {RULES[rule]}: {operations(count)}
          </summary>
          <ol class={styles.entries}>
            {named.map(({ sequence, at, operation }) => (
              <li key={sequence}>
                {OPERATION_NAMES[operation]} <span class={text.hint}>{formatDate(at)}, entry {sequence}</span>
              </li>
            ))}
          </ol>
          {count > named.length && <p class={text.hint}>These are the latest.</p>}
        </details>
      ))}
      {undecided > 0 && (
        <p data-testid="trial-undecided">
          Of {operations(undecided)} it is not known: they depend on their encryption context, which the log does not have.
        </p>
      )}
      <p class={text.hint}>
        By the log of this device, since {formatDate(from)}. What failed, or was refused then, is not looked at.
      </p>
    </div>
  );
}

function headline(entries: number, total: number, undecided: number): string {
  if (entries === 0) return "Nothing was done with this key in that time, so nothing would have been refused.";
  if (undecided === entries) return `It cannot be told whether ${operations(entries)} would have been refused.`;
  const rest = undecided > 0 ? `, and ${formatCount(undecided)} cannot be told` : "";
  return `${shareOf(entries, total)} ${operations(entries)} would have been refused${rest}.`;
}

function shareOf(entries: number, total: number): string {
  if (total === 0) return "None of";
  return total === entries && entries > 1 ? "All" : `${formatCount(total)} of`;
}

const operations = (count: number): string => counted(count, "operation");

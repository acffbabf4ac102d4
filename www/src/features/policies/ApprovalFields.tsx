import type { ApprovableOperation, ApprovalRule } from "strongroom";
import { Check, Field, LongField } from "../../ui/fields";
import { Warning } from "../../ui/Warning";
import styles from "./PolicyEditor.module.css";
import { OPERATION_NAMES } from "./words";

interface Props {
  rule: ApprovalRule<ApprovableOperation> | undefined;
  /** The operations that can need it. */
  offered: readonly ApprovableOperation[];
  /** What was chosen, and how many people are named. */
  chosen: readonly string[];
  people: number;
}

const NONE: ApprovalRule<ApprovableOperation> = { operations: [], approvers: [], atLeast: 1 };

/** What somebody else has to approve, and who that is. */
export function ApprovalFields({ rule, offered, chosen, people }: Props) {
  const { operations, approvers, atLeast } = { ...NONE, ...rule };
  const keeps = offered.at(-1) ?? "setPolicy";
  return (
    <fieldset>
      <legend class={styles.legend}>What somebody else has to approve</legend>
      <div class={styles.checks}>
        {offered.map((operation) => (
          <Check
            key={operation}
            id={`approval-${operation}`}
            name="approval"
            value={operation}
            label={OPERATION_NAMES[operation]}
            checked={operations.includes(operation)}
          />
        ))}
      </div>
      <LongField
        id="policy-approvers"
        name="approvers"
        label="Thumbprints of those who approve"
        hint="One per line. They find theirs in their own vault, under “Approvals”."
        value={approvers.join("\n")}
        rows={3}
        optional
      />
      <Field id="policy-at-least" name="atLeast" label="How many of them have to approve" value={String(atLeast)} range={[1, 16]} />
      {chosen.length > 0 && !chosen.includes(keeps) && (
        <Warning testid="approval-removable">
          <p>Whoever unlocks this vault can take the rule away alone: let “{OPERATION_NAMES[keeps]}” need the approval, too.</p>
        </Warning>
      )}
      {chosen.length > 0 && people === 1 && (
        <Warning testid="approval-alone">
          <p>Once the only person who approves has lost their key, nobody does this any more. Name two at least.</p>
        </Warning>
      )}
    </fieldset>
  );
}

import { formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { Warning } from "../../ui/Warning";
import styles from "./PolicyCard.module.css";
import { laterRules, policySentences, type AnyPolicy } from "./words";

interface Props {
  policy: AnyPolicy | undefined;
  /** Others that apply as well. */
  conflicting: readonly AnyPolicy[] | undefined;
  changed: number | undefined;
  facts: Parameters<typeof policySentences>[1];
  /** What is so without a policy. */
  none: string;
  /** What a policy of a later release does. */
  later: string;
}

/** A policy that applies, in sentences. */
export function PolicyText({ policy, conflicting, changed, facts, none, later }: Props) {
  return (
    <>
      {policy ? (
        <ul class={styles.rules} data-testid="policy-rules">
          {policySentences(policy, facts).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : (
        <p data-testid="no-policy">{none}</p>
      )}
      {changed !== undefined && <p class={text.hint}>Changed on {formatDate(changed)}.</p>}
      {conflicting && conflicting.length > 0 && (
        <Warning testid="conflicting-policies">
          <p>
            Two copies of the vault changed this policy apart. Until it is set again, the other one applies, too:{" "}
            {conflicting.flatMap((other) => policySentences(other, facts)).join(" ")}
          </p>
        </Warning>
      )}
      {policy && laterRules(policy).length > 0 && (
        <Warning testid="later-policy">
          <p>A later release set this policy. Until the page is updated, {later}.</p>
        </Warning>
      )}
    </>
  );
}

import { useState } from "preact/hooks";
import type { VaultKey } from "strongroom";
import { Button } from "../../ui/Button";
import { formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { Warning } from "../../ui/Warning";
import type { KeysModel } from "../keys/model";
import styles from "./PolicyCard.module.css";
import { PolicyEditor } from "./PolicyEditor";
import { laterRules, policySentences } from "./words";

/** What a key may be used for. */
export function PolicyCard({ of, keys }: { of: VaultKey; keys: KeysModel }) {
  const [editing, setEditing] = useState(false);
  const { policy, policyChanged, conflictingPolicies = [] } = of;
  const later = policy ? laterRules(policy) : [];
  return (
    <section class={styles.card} aria-labelledby="policy-title" data-testid="policy" data-has={policy !== undefined}>
      <h3 id="policy-title">Policy</h3>
      {policy ? (
        <ul class={styles.rules} data-testid="policy-rules">
          {policySentences(policy, of).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : (
        <p data-testid="no-policy">No policy: each operation is allowed that the versions’ states allow.</p>
      )}
      {policyChanged !== undefined && <p class={text.hint}>Changed on {formatDate(policyChanged)}.</p>}
      {conflictingPolicies.length > 0 && (
        <Warning testid="conflicting-policies">
          <p>
            Two copies of the vault changed this policy apart. Until it is set again, the other one applies, too:{" "}
            {conflictingPolicies.flatMap((other) => policySentences(other, of)).join(" ")}
          </p>
        </Warning>
      )}
      {later.length > 0 ? (
        <Warning testid="later-policy">
          <p>A later release set this policy. Until the page is updated, the key refuses every operation.</p>
        </Warning>
      ) : (
        !of.destroyed && (
          <p>
            <Button id="edit-policy" act={() => setEditing(true)}>
              {policy ? "Change the policy" : "Set a policy"}
            </Button>
          </p>
        )
      )}
      {editing && <PolicyEditor of={of} keys={keys} close={() => setEditing(false)} />}
    </section>
  );
}

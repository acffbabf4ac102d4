import { useState } from "preact/hooks";
import type { KeyPolicy, VaultKey } from "strongroom";
import { Button } from "../../ui/Button";
import type { KeysModel } from "../keys/model";
import styles from "./PolicyCard.module.css";
import { PolicyEditor } from "./PolicyEditor";
import { PolicyText } from "./PolicyText";
import { laterRules } from "./words";

/** What a key may be used for. */
export function PolicyCard({ of, keys }: { of: VaultKey; keys: KeysModel }) {
  const [editing, setEditing] = useState(false);
  const { policy, policyChanged, conflictingPolicies } = of;
  const later = policy !== undefined && laterRules(policy).length > 0;
  return (
    <section class={styles.card} aria-labelledby="policy-title" data-testid="policy" data-has={policy !== undefined}>
      <h3 id="policy-title">Policy</h3>
      <PolicyText
        policy={policy}
        conflicting={conflictingPolicies}
        changed={policyChanged}
        facts={of}
        none="No policy: each operation is allowed that the versions’ states allow."
        later="the key refuses every operation"
      />
      {!later && !of.destroyed && (
        <p>
          <Button id="edit-policy" act={() => setEditing(true)}>
            {policy ? "Change the policy" : "Set a policy"}
          </Button>
        </p>
      )}
      {editing && (
        <PolicyEditor
          of={of}
          policy={policy}
          title={`Policy of “${of.alias}”`}
          set={(draft, reason) => keys.actions.setPolicy(of, (draft as KeyPolicy | undefined) ?? null, reason)}
          close={() => setEditing(false)}
        />
      )}
    </section>
  );
}

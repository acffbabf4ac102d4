import { useEffect, useState } from "preact/hooks";
import type { VaultPolicy } from "strongroom";
import type { Session } from "../../app/session";
import { Button } from "../../ui/Button";
import text from "../../ui/text.module.css";
import styles from "./PolicyCard.module.css";
import { PolicyEditor } from "./PolicyEditor";
import { PolicyText } from "./PolicyText";
import { laterRules } from "./words";

/** What all keys may be used for, and what may be done with the vault itself. */
export function VaultPolicyCard({ session: { policy: model, vault } }: { session: Session }) {
  const [editing, setEditing] = useState(false);
  useEffect(() => {
    void model.refresh();
  }, [model]);
  const { info } = model;
  if (!info) return null;
  const { policy, policyChanged, reviewDue, conflictingPolicies } = info;
  const later = policy !== undefined && laterRules(policy).length > 0;
  return (
    <section class={`${styles.card} ${styles.apart}`} aria-labelledby="vault-policy-title" data-testid="vault-policy" data-has={policy !== undefined}>
      <h3 id="vault-policy-title">Policy of the vault</h3>
      <p class={text.hint}>It holds for every key, besides the key’s own policy, and for what is done with the vault itself.</p>
      <PolicyText
        policy={policy}
        conflicting={conflictingPolicies}
        changed={policyChanged}
        facts={{ reviewDue }}
        none="No policy: whoever unlocks the vault may do everything that the keys’ own policies allow."
        later="the vault refuses what it could name"
      />
      {!later && (
        <p>
          <Button id="edit-vault-policy" act={() => setEditing(true)}>
            {policy ? "Change the vault’s policy" : "Set a policy of the vault"}
          </Button>
        </p>
      )}
      {editing && (
        <PolicyEditor
          policy={policy}
          title={`Policy of the vault “${vault.name}”`}
          set={(draft, reason) => model.set((draft as VaultPolicy | undefined) ?? null, reason)}
          close={() => setEditing(false)}
        />
      )}
    </section>
  );
}

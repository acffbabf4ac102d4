import { useState } from "preact/hooks";
import { addressOf } from "../../app/route";
import type { Session } from "../../app/session";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { KeyPicker } from "./KeyPicker";
import { backupVault, deleteVault } from "./model";
import panel from "./panel.module.css";

/** The unlocked vault: its keys, its backup, its deletion. */
export function VaultPanel({ session: { vault, keys, factors } }: { session: Session }) {
  const [deleting, setDeleting] = useState(false);
  const create = async (values: FormData) => {
    await keys.create({ alias: String(values.get("alias")).trim() });
  };
  return (
    <>
      <p class={text.lead}>
        What opens this vault opens the vault key, which opens these keys. Each file gets its own key, wrapped under
        the key you choose here.
      </p>
      <KeyPicker choice={keys.choice} />
      <p>
        <a class={text.link} href={addressOf.keys} data-testid="manage-keys">
          {keys.choice.hasMore ? "All keys: rotate, revoke, destroy" : "Rotate, revoke and destroy keys"}
        </a>
      </p>
      <details>
        <summary id="new-key" data-testid="new-key">
          New key
        </summary>
        <Form id="create-key" submit="Create key" busy="Creating…" kind="quiet" act={create}>
          <Field id="create-key-alias" name="alias" label="Name" maxLength={64} autocomplete="off" />
        </Form>
      </details>
      {factors.lacksKit && (
        <p class={text.hint}>
          No recovery kit yet.{" "}
          <a class={text.link} href={addressOf.factors} data-testid="kit-missing">
            Add one
          </a>
        </p>
      )}
      <div class={panel.foot}>
        <Button id="backup" act={() => backupVault(vault)}>
          Save a backup
        </Button>
        <Button id="delete-vault" kind="danger" act={() => setDeleting(true)}>
          Delete vault
        </Button>
      </div>
      {deleting && (
        <Confirm
          title={`Delete vault “${vault.name}”?`}
          text="Its keys are deleted from this browser. Stored files stay at the provider; without a backup nobody can open them again."
          confirm="Delete vault"
          act={() => deleteVault(vault)}
          close={() => setDeleting(false)}
        />
      )}
    </>
  );
}

import { useState } from "preact/hooks";
import { createKey } from "../keyring";
import { addressOf } from "../route";
import { keys, moreKeys, type Vault } from "../state";
import { backupVault, deleteVault } from "../vault";
import { Button } from "./Button";
import { Confirm } from "./Confirm";
import { Field, Form } from "./Form";
import { KeyRow } from "./KeyRow";

/** The unlocked vault: its keys, its backup, its end. */
export function VaultPanel({ vault }: { vault: Vault }) {
  const [deleting, setDeleting] = useState(false);
  const create = async (values: FormData) => {
    await createKey({ alias: String(values.get("alias")).trim() });
  };
  return (
    <>
      <p class="lead">
        Your passphrase opens the vault key, and that opens these. Each file gets a key of its own,
        wrapped under the one you choose.
      </p>
      <fieldset class="key-list">
        <legend>Key for new files</legend>
        {keys.value?.map((key) => (
          <KeyRow key={key.id} info={key} />
        ))}
        {keys.value?.length === 0 && <p class="hint">No key encrypts at present. Make one, or rotate one.</p>}
      </fieldset>
      <p class="manage">
        <a href={addressOf.keys} data-testid="manage-keys">
          {moreKeys.value ? "More keys, and all that can be done with them" : "Rotate, revoke and destroy keys"}
        </a>
      </p>
      <details class="more">
        <summary id="new-key" data-testid="new-key">
          New key
        </summary>
        <Form id="create-key" submit="Create key" busy="Creating…" kind="quiet" act={create}>
          <Field id="create-key-alias" name="alias" label="Name" maxLength={64} autocomplete="off" />
        </Form>
      </details>
      <div class="foot">
        <Button id="backup" act={backupVault}>
          Save a backup
        </Button>
        <Button id="delete-vault" kind="danger" act={() => setDeleting(true)}>
          Delete vault
        </Button>
      </div>
      {deleting && (
        <Confirm
          title={`Delete vault “${vault.name}”?`}
          text="Its keys are removed from this browser. Stored files stay at the provider, and without a backup nobody can open them again."
          confirm="Delete vault"
          act={deleteVault}
          close={() => setDeleting(false)}
        />
      )}
    </>
  );
}

import { useState } from "preact/hooks";
import { Problem } from "../problem";
import { vaultNames } from "../state";
import { createVault, unlockVault } from "../vault";
import { Field, Form } from "./Form";
import { Restore } from "./Restore";

/** NIST SP 800-63B asks for at least 8 characters of what a person chooses. */
const SHORTEST = 8;

/** Unlock a vault that is here, or create one. */
export function Entrance() {
  const names = vaultNames.value;
  const [creating, setCreating] = useState(false);
  if (!names) return <p class="hint">Looking for vaults…</p>;
  const unlocks = names.length > 0 && !creating;
  return (
    <>
      {unlocks ? <Unlock names={names} /> : <Create />}
      <div class="foot">
        {names.length > 0 && (
          <button
            type="button"
            id="switch-entrance"
            data-testid="switch-entrance"
            class="button quiet"
            onClick={() => setCreating(!creating)}
          >
            {creating ? "Unlock a vault" : "Create another vault"}
          </button>
        )}
        <Restore />
      </div>
    </>
  );
}

function Create() {
  const act = async (values: FormData) => {
    const phrase = String(values.get("passphrase"));
    if ([...phrase].length < SHORTEST) {
      throw new Problem(`Choose a passphrase of at least ${SHORTEST} characters.`, "passphrase");
    }
    if (phrase !== values.get("repeat")) {
      throw new Problem("The two passphrases differ.", "repeat");
    }
    await createVault(String(values.get("name")).trim(), phrase);
  };
  return (
    <Form id="create" submit="Create vault" busy="Deriving the key…" act={act}>
      <p class="lead">
        A vault makes keys, wraps them under your passphrase and keeps them in this browser. Nobody
        can reset the passphrase for you.
      </p>
      <Field
        id="create-name"
        name="name"
        label="Vault name"
        value="home"
        maxLength={64}
        autocomplete="username"
      />
      <Field
        id="create-passphrase"
        name="passphrase"
        label="Passphrase"
        secret
        autocomplete="new-password"
        hint="Four or five unrelated words are strong and easy to keep."
      />
      <Field
        id="create-repeat"
        name="repeat"
        label="Passphrase again"
        secret
        autocomplete="new-password"
      />
    </Form>
  );
}

function Unlock({ names }: { names: readonly string[] }) {
  const act = (values: FormData) =>
    unlockVault(String(values.get("name")), String(values.get("passphrase")));
  return (
    <Form id="unlock" submit="Unlock" busy="Deriving the key…" act={act}>
      <p class="field">
        <label for="unlock-name">Vault</label>
        <select id="unlock-name" data-testid="unlock-name" name="name">
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </p>
      <Field
        id="unlock-passphrase"
        name="passphrase"
        label="Passphrase"
        secret
        autocomplete="current-password"
      />
    </Form>
  );
}

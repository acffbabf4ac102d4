import { useState } from "preact/hooks";
import { WeakPassphraseError } from "strongroom";
import { explain } from "../../app/explain";
import { Button } from "../../ui/Button";
import { Choice, Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import { createVault, unlockVault, vaultNames } from "./model";
import panel from "./panel.module.css";
import { Restore } from "./Restore";

/** Unlocks an existing vault, or creates one. */
export function Entrance() {
  const names = vaultNames.value;
  const [creating, setCreating] = useState(false);
  if (!names) return <p class={text.hint}>Looking for vaults…</p>;
  const unlocks = names.length > 0 && !creating;
  return (
    <>
      {unlocks ? <Unlock names={names} /> : <Create />}
      <div class={panel.foot}>
        {names.length > 0 && (
          <Button id="switch-entrance" act={() => setCreating(!creating)}>
            {creating ? "Unlock a vault" : "Create another vault"}
          </Button>
        )}
        <Restore />
      </div>
    </>
  );
}

function Create() {
  const act = async (values: FormData) => {
    const phrase = String(values.get("passphrase"));
    if (phrase !== values.get("repeat")) {
      throw new Problem("The two passphrases differ.", "repeat");
    }
    try {
      await createVault(String(values.get("name")).trim(), phrase);
    } catch (error) {
      throw error instanceof WeakPassphraseError ? new Problem(explain(error), "passphrase") : error;
    }
  };
  return (
    <Form id="create" submit="Create vault" busy="Deriving the key…" act={act}>
      <p class={text.lead}>
        A vault creates keys, wraps them under your passphrase and stores them in this browser. Nobody can
        reset the passphrase for you.
      </p>
      <Field id="create-name" name="name" label="Vault name" value="home" maxLength={64} autocomplete="username" />
      <Field
        id="create-passphrase"
        name="passphrase"
        label="Passphrase"
        secret
        autocomplete="new-password"
        hint="Four or five unrelated words are strong and easy to remember."
      />
      <Field id="create-repeat" name="repeat" label="Repeat the passphrase" secret autocomplete="new-password" />
    </Form>
  );
}

function Unlock({ names }: { names: readonly string[] }) {
  const act = (values: FormData) => unlockVault(String(values.get("name")), String(values.get("passphrase")));
  return (
    <Form id="unlock" submit="Unlock" busy="Deriving the key…" act={act}>
      <Choice id="unlock-name" name="name" label="Vault" options={names.map((name) => [name, name] as const)} />
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

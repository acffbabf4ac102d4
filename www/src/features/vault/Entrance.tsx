import { useState } from "preact/hooks";
import { IdentityChangedError } from "strongroom";
import { Button } from "../../ui/Button";
import { Choice, Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { enrolling, NewPassphraseFields } from "../factors/NewPassphrase";
import { PresentFields, presenting } from "../factors/present";
import { IdentityChanged, type ChangedVault } from "./IdentityChanged";
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
  const act = (values: FormData) =>
    enrolling(values, (factor) => createVault(String(values.get("name")).trim(), factor));
  return (
    <Form id="create" submit="Create vault" busy="Deriving the key…" act={act}>
      <p class={text.lead}>
        A vault creates keys, wraps them under your passphrase and stores them in this browser. Nobody can
        reset the passphrase for you: a recovery kit on paper, in the next step, opens the vault too.
      </p>
      <Field id="create-name" name="name" label="Vault name" value="home" maxLength={64} autocomplete="username" />
      <NewPassphraseFields id="create" label="Passphrase" repeat="Repeat the passphrase" />
    </Form>
  );
}

function Unlock({ names }: { names: readonly string[] }) {
  const [changed, setChanged] = useState<ChangedVault>();
  const act = (values: FormData) =>
    presenting(values, async (factor) => {
      const name = String(values.get("name"));
      try {
        await unlockVault(name, factor);
      } catch (error) {
        if (!(error instanceof IdentityChangedError)) throw error;
        setChanged({ name, factor, pinned: error.pinned, identity: error.identity });
      }
    });
  return (
    <>
      <Form id="unlock" submit="Unlock" busy="Deriving the key…" act={act}>
        <Choice id="unlock-name" name="name" label="Vault" options={names.map((name) => [name, name] as const)} />
        <PresentFields id="unlock" kinds={["passphrase", "recovery-kit"]} />
      </Form>
      {changed && <IdentityChanged of={changed} close={() => setChanged(undefined)} />}
    </>
  );
}

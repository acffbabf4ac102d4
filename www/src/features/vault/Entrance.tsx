import { useState } from "preact/hooks";
import { ArgumentError, IdentityChangedError } from "strongroom";
import { Button } from "../../ui/Button";
import { Choice, Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import { usable } from "../factors/available";
import { ASKED, isKind } from "../factors/labels";
import { enrolling, NewWayFields } from "../factors/NewPassphrase";
import { PresentFields } from "../factors/present";
import { TwoNeeded } from "../factors/TwoNeeded";
import { useAsked } from "../factors/use-asked";
import { BringVault } from "./BringVault";
import { IdentityChanged, type ChangedVault } from "./IdentityChanged";
import { lastWay, opensByDevice } from "./last-way";
import { createVault, unlockByDevice, unlockVault, vaultNames } from "./model";
import panel from "./panel.module.css";
import { Restore } from "./Restore";

/** Unlocks an existing vault, or creates one. */
export function Entrance() {
  const names = vaultNames.value;
  const [creating, setCreating] = useState(false);
  const [bringing, setBringing] = useState(false);
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
        <Button id="bring" act={() => setBringing(true)}>
          I have a vault elsewhere
        </Button>
        <Restore />
      </div>
      {bringing && <BringVault close={() => setBringing(false)} />}
    </>
  );
}

function Create() {
  const act = (values: FormData) => {
    const name = String(values.get("name")).trim();
    return enrolling(values, name, (factor) => createVault(name, factor));
  };
  return (
    <Form id="create" submit="Create vault" busy="Creating the vault…" act={act}>
      <p class={text.lead}>
        A vault creates keys, wraps them and stores them in this browser. What opens it is yours alone, and nobody can
        reset it for you: a recovery kit on paper, in the next step, opens the vault too.
      </p>
      <Field id="create-name" name="name" label="Vault name" value="home" maxLength={64} autocomplete="username" />
      <NewWayFields id="create" label="Passphrase" repeat="Repeat the passphrase" />
    </Form>
  );
}

function Unlock({ names }: { names: readonly string[] }) {
  const [changed, setChanged] = useState<ChangedVault>();
  const [chosen, setName] = useState("");
  const name = names.includes(chosen) ? chosen : (names[0] ?? "");
  const way = lastWay(name) ?? "";
  const { both, tell, present } = useAsked(name, way === "both");
  const act = (values: FormData) =>
    present(values, async (factor) => {
      try {
        await unlockVault(name, factor);
      } catch (error) {
        if (both && error instanceof ArgumentError) {
          tell(false);
          throw new Problem("This vault takes one way in again. Choose which.");
        }
        // An organisation's key has no such, and is not asked for here.
        if (!(error instanceof IdentityChangedError) || error.pinned === undefined) throw error;
        setChanged({ name, factor, pinned: error.pinned, identity: error.identity });
      }
    });
  return (
    <>
      <Form id="unlock" submit="Unlock" busy="Opening the vault…" act={act}>
        <Choice
          id="unlock-name"
          name="name"
          label="Vault"
          value={name}
          options={names.map((one) => [one, one] as const)}
          onChange={setName}
        />
        {both && <TwoNeeded />}
        <PresentFields
          key={name}
          id="unlock"
          kinds={usable(ASKED)}
          both={both}
          first={isKind(way) ? way : undefined}
        />
      </Form>
      {opensByDevice(name) && (
        <p class={panel.beside}>
          <Button id="unlock-by-device" kind="accent" act={() => unlockByDevice(name)}>
            Open “{name}” without typing
          </Button>
        </p>
      )}
      {changed && <IdentityChanged of={changed} close={() => setChanged(undefined)} />}
    </>
  );
}

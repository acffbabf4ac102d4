import { useState } from "preact/hooks";
import type { Factor } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Field, Radios } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { KitSteps } from "./KitSteps";
import { KINDS, kindsOf, type Kind } from "./labels";
import type { FactorsModel } from "./model";
import { enrolling, NewPassphraseFields } from "./NewPassphrase";
import { PresentFields, presenting } from "./present";

/** What was asked for before the words of a kit are shown. */
interface Confirmed {
  factor: Factor;
  name: string | undefined;
}

/** One more way in. */
export function AddFactor({ factors, close }: { factors: FactorsModel; close: () => void }) {
  const [confirmed, setConfirmed] = useState<Confirmed>();
  if (confirmed) {
    return (
      <Dialog id="add-factor-dialog" title="Another recovery kit" close={close}>
        <KitSteps
          vault={factors.vault}
          enrol={async (kit) => {
            await factors.add(kit, confirmed.factor, confirmed.name);
            close();
          }}
          decline="Cancel"
          onDecline={close}
        />
      </Dialog>
    );
  }
  return (
    <Dialog id="add-factor-dialog" title="What else opens this vault?" close={close}>
      <Ask factors={factors} confirm={setConfirmed} close={close} />
    </Dialog>
  );
}

interface AskProps {
  factors: FactorsModel;
  confirm: (confirmed: Confirmed) => void;
  close: () => void;
}

function Ask({ factors, confirm, close }: AskProps) {
  // Proposed first: what the vault lacks.
  const order: readonly Kind[] = factors.lacksKit ? ["recovery-kit", "passphrase"] : ["passphrase", "recovery-kit"];
  const [kind, setKind] = useState(order[0] ?? "passphrase");
  const kit = kind === "recovery-kit";
  const act = async (values: FormData) => {
    const name = String(values.get("name")).trim() || undefined;
    await presenting(values, async (factor) => {
      if (kit) {
        await factors.check(factor);
        confirm({ factor, name });
      } else {
        await enrolling(values, (added) => factors.add(added, factor, name));
        close();
      }
    });
  };
  return (
    <Form id="add-factor-form" submit={kit ? "Show the words" : "Add the passphrase"} busy="Deriving the key…" act={act}>
      <Radios
        name="kind"
        legend="Kind"
        options={order.map((value) => ({ value, name: KINDS[value].name, about: KINDS[value].about }))}
        onChange={(value) => setKind(value as Kind)}
      />
      <Field
        id="add-factor-name"
        name="name"
        label="Name"
        maxLength={64}
        autocomplete="off"
        hint="Optional, such as where the paper lies. Stored encrypted."
        optional
      />
      {!kit && <NewPassphraseFields id="add-factor" />}
      <PresentFields kinds={kindsOf(factors.list ?? [])} label="Passphrase that opens the vault now" />
    </Form>
  );
}

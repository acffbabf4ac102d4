import { VaultExistsError } from "strongroom";
import { explain } from "../../app/explain";
import { Dialog } from "../../ui/Dialog";
import { Field, FileField } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import { usable } from "../factors/available";
import { ASKED } from "../factors/labels";
import { PresentFields } from "../factors/present";
import { TwoNeeded } from "../factors/TwoNeeded";
import { useAsked } from "../factors/use-asked";
import { explainBackup, isDamaged } from "./backup-errors";
import { bringVault } from "./model";

/** Brings a vault that another device has here: by a backup, and by something that opens it. */
export function BringVault({ close }: { close: () => void }) {
  const { both, tell, present } = useAsked();
  const act = (values: FormData) =>
    present(values, async (factor) => {
      const name = String(values.get("name")).trim() || undefined;
      try {
        await bringVault(values.get("backup") as File, factor, name);
      } catch (error) {
        if (isDamaged(error)) throw new Problem(explainBackup(error), "backup");
        throw error instanceof VaultExistsError ? new Problem(explain(error), "name") : error;
      }
    });
  return (
    <Dialog id="bring-vault" title="A vault that you have elsewhere" close={close}>
      <p class={text.lead}>
        Open it on the other device, choose “Save a backup”, and bring the file here, by a stick or any cloud: it is encrypted.
        Without that device, any backup will do.
      </p>
      <Form id="bring-form" submit="Bring the vault here" busy="Restoring the vault…" act={act}>
        <FileField id="bring-file" name="backup" label="Backup" onChange={() => tell(false)} />
        <Field
          id="bring-name"
          name="name"
          label="Name on this device"
          maxLength={64}
          autocomplete="off"
          hint="Optional: otherwise the name that it has there."
          optional
        />
        {both && <TwoNeeded />}
        <PresentFields id="bring" kinds={usable(ASKED)} both={both} title="Open it with" />
      </Form>
    </Dialog>
  );
}

import { useState } from "preact/hooks";
import type { Factor } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { KitSteps } from "./KitSteps";
import { kindsOf, titleOf } from "./labels";
import { enrolling, NewPassphraseFields } from "./NewPassphrase";
import { PresentFields, presenting } from "./present";
import type { TaskProps } from "./task-props";

/** Another passphrase in the place of this one, or another kit. */
export function ReplaceFactor({ factors, to, close }: TaskProps) {
  const [confirmed, setConfirmed] = useState<Factor>();
  const ended = useAbort();
  const kit = to.kind === "recovery-kit";
  const replace = async (added: Factor, factor: Factor) => {
    await factors.replace(to, added, factor, ended);
    close();
  };
  const act = (values: FormData) =>
    presenting(values, async (factor) => {
      if (!kit) return enrolling(values, (added) => replace(added, factor));
      await factors.check(factor);
      setConfirmed(() => factor);
    });
  return (
    <Dialog id="replace-factor" title={`Change “${titleOf(to)}”`} close={close}>
      {confirmed ? (
        <KitSteps
          vault={factors.vault}
          enrol={(added) => replace(added, confirmed)}
          decline="Keep the old one"
          onDecline={close}
        />
      ) : (
        <Form
          id="replace-factor-form"
          submit={kit ? "Show new words" : "Change the passphrase"}
          busy="Deriving the key…"
          act={act}
        >
          <p class={text.lead}>
            The old one then opens the vault no more, and other tabs are locked. It still opens backups that were made before.
          </p>
          <PresentFields kinds={kindsOf(factors.list ?? [])} label="Passphrase that opens the vault now" />
          {!kit && <NewPassphraseFields id="replace-factor" />}
        </Form>
      )}
    </Dialog>
  );
}

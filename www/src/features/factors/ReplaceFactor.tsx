import { useState } from "preact/hooks";
import type { NewFactor, PresentedFactor, RecoveryShares } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import form from "../../ui/Form.module.css";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { KitSteps } from "./KitSteps";
import { NewKmsKeyFields, pastedFactor } from "../kms/NewKmsKey";
import { isElsewhere, kindName, kindsOf, titleOf } from "./labels";
import { enrolling, NewPassphraseFields, NewWayFields } from "./NewPassphrase";
import { PresentFields, presenting } from "./present";
import { ShareSteps } from "./ShareSteps";
import { SplitFields, splitting } from "./SplitFields";
import type { TaskProps } from "./task-props";

const CONFIRM = "Confirm with what opens the vault now";

/** Another one in the place of this one: of a passkey that is lost, too. */
export function ReplaceFactor({ factors, to, close }: TaskProps) {
  const [confirmed, setConfirmed] = useState<PresentedFactor>();
  const ended = useAbort();
  const kit = to.kind === "recovery-kit";
  const key = to.kind === "passkey";
  const split = to.kind === "recovery-shares";
  const [shares, setShares] = useState<RecoveryShares>();
  const replace = (added: NewFactor, factor: PresentedFactor) => factors.replace(to, added, factor, ended);
  const act = (values: FormData) =>
    presenting(values, async (factor) => {
      if (split) {
        const added = await splitting(values);
        await replace(added, factor);
        setShares(() => added);
        return;
      }
      if (isElsewhere(to.kind)) {
        await replace(await pastedFactor(values, factors.list ?? [], to.kind), factor);
        close();
        return;
      }
      if (!kit) {
        await enrolling(values, factors.vault, (added) => replace(added, factor));
        close();
        return;
      }
      await factors.check(factor);
      setConfirmed(() => factor);
    });
  if (shares) {
    return (
      <Dialog id="replace-factor" title="New recovery shares" close={close}>
        <ShareSteps factors={factors} shares={shares} done={close} />
      </Dialog>
    );
  }
  return (
    <Dialog id="replace-factor" title={`Change “${titleOf(to)}”`} close={close}>
      {confirmed ? (
        <KitSteps
          factors={factors}
          enrol={(added) => replace(added, confirmed)}
          late
          done={close}
          decline="Keep the old one"
          onDecline={close}
        />
      ) : (
        <Form
          id="replace-factor-form"
          submit={kit ? "Show new words" : isElsewhere(to.kind) ? "Change the key" : `Change the ${kindName(to.kind)}`}
          busy={kit ? "Opening the vault…" : "Encrypting every record again…"}
          act={act}
        >
          <p class={text.lead}>
            {isElsewhere(to.kind)
              ? "Give the new key or version of the service. Backups that were saved before need the old one: keep it enabled until none of them is needed. Other tabs are locked."
              : "The old one then opens the vault no more, and other tabs are locked. It still opens backups that were made before."}
          </p>
          <PresentFields
            kinds={kindsOf(factors.list ?? [])}
            both={factors.both}
            label="Passphrase that opens the vault now"
            title={key ? "Confirm with what opens the vault: if it is lost, with something else" : CONFIRM}
          />
          {key && <p class={form.name}>In its place</p>}
          {key && <NewWayFields id="replace-factor" first="passkey" only={factors.both} />}
          {isElsewhere(to.kind) && <NewKmsKeyFields id="replace-factor" />}
          {split && <SplitFields {...to.shares} />}
          {to.kind === "passphrase" && <NewPassphraseFields id="replace-factor" />}
        </Form>
      )}
    </Dialog>
  );
}

import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { isKind, titleOf } from "./labels";
import { PresentFields, presenting } from "./present";
import type { TaskProps } from "./task-props";

/** Tries what lies in a safe, while the vault is open. */
export function RehearseFactor({ factors, to, close }: TaskProps) {
  const { kind } = to;
  const act = async (values: FormData) => {
    await presenting(values, (factor) => factors.rehearse(to, factor), to);
    close();
  };
  return (
    <Dialog id="rehearse-factor" title={`Try “${titleOf(to)}”`} close={close}>
      <p class={text.lead}>
        Fetch it from where it is kept, and type it in: whether it still opens this vault, and can still be read, is better known
        before it is needed. Nothing changes but the date of the trial.
      </p>
      <Form id="rehearse-form" submit="Try" busy="Opening the vault…" act={act}>
        <PresentFields kinds={isKind(kind) ? [kind] : []} />
      </Form>
    </Dialog>
  );
}

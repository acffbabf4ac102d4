import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { titleOf } from "./labels";
import type { TaskProps } from "./task-props";

export function RenameFactor({ factors, to, close }: TaskProps) {
  const act = async (values: FormData) => {
    await factors.rename(to, String(values.get("name")).trim() || undefined);
    close();
  };
  return (
    <Dialog id="rename-factor" title={`Rename “${titleOf(to)}”`} close={close}>
      <Form id="rename-factor-form" submit="Save" busy="Saving…" act={act}>
        <Field
          id="rename-factor-name"
          name="name"
          label="Name"
          value={to.name ?? ""}
          maxLength={64}
          autocomplete="off"
          hint="Stored encrypted. Empty for none."
          optional
        />
      </Form>
    </Dialog>
  );
}

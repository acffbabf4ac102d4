import type { VaultKey } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Choice, Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { formatPeriod } from "../../ui/format";
import type { KeyActions } from "./actions/model";
import { formatLabels, LABELS_HINT, parseLabels } from "./label-input";
import { PERIODS } from "./periods";

interface Props {
  of: VaultKey;
  actions: KeyActions;
  close: () => void;
}

/** Changes a key's name, rotation and labels. Its purpose and its versions stay. */
export function EditKey({ of, actions, close }: Props) {
  const { alias, labels, rotateEvery = "" } = of;
  const known = PERIODS.some(([period]) => period === rotateEvery);
  const periods = known ? PERIODS : [...PERIODS, [rotateEvery, `every ${formatPeriod(rotateEvery)}`] as const];
  const change = async (values: FormData) => {
    await actions.update(of, {
      alias: String(values.get("alias")).trim(),
      labels: parseLabels(String(values.get("labels"))),
      rotateEvery: String(values.get("every")) || null,
    });
    close();
  };
  return (
    <Dialog id="edit-key" title={`Edit “${alias}”`} close={close}>
      <Form id="edit-key-form" submit="Save" busy="Saving…" act={change}>
        <Field id="edit-alias" name="alias" label="Name" value={alias} maxLength={64} autocomplete="off" />
        <Choice id="edit-every" name="every" label="Rotation" value={rotateEvery} options={periods} />
        <Field
          id="edit-labels"
          name="labels"
          label="Labels"
          hint={LABELS_HINT}
          value={formatLabels(labels)}
          autocomplete="off"
          optional
        />
      </Form>
    </Dialog>
  );
}

import { describe } from "../../doing";
import { formatLabels, parseLabels } from "../../labels";
import type { Key } from "../../state";
import { formatPeriod } from "../../time";
import { Dialog } from "../Dialog";
import { Choice, Field, Form } from "../Form";
import { LABELS_HINT, PERIODS } from "./fields";

/** Changes what is said of a key. Its purpose stays, and so do its versions. */
export function EditKey({ of, close }: { of: Key; close: () => void }) {
  const { alias, labels, rotateEvery = "" } = of;
  const known = PERIODS.some(([period]) => period === rotateEvery);
  const periods = known ? PERIODS : [...PERIODS, [rotateEvery, `every ${formatPeriod(rotateEvery)}`] as const];
  const change = async (values: FormData) => {
    await describe(of, {
      alias: String(values.get("alias")).trim(),
      labels: parseLabels(String(values.get("labels"))),
      rotateEvery: String(values.get("every")) || null,
    });
    close();
  };
  return (
    <Dialog id="edit-key" title={`Edit “${alias}”`} close={close}>
      <Form id="edit-key-form" submit="Change" busy="Changing…" act={change}>
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

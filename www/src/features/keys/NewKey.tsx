import type { Purpose } from "strongroom";
import { addressOf, goTo } from "../../app/route";
import { Dialog } from "../../ui/Dialog";
import { Choice, Field, Radios } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { LABELS_HINT, parseLabels } from "./label-input";
import { PURPOSES } from "./labels";
import type { KeysModel } from "./model";
import { PERIODS } from "./periods";

/** Creates a key with all its options. */
export function NewKey({ keys, close }: { keys: KeysModel; close: () => void }) {
  const create = async (values: FormData) => {
    const every = String(values.get("every"));
    const key = await keys.create({
      alias: String(values.get("alias")).trim(),
      purpose: String(values.get("purpose")) as Purpose,
      labels: parseLabels(String(values.get("labels"))),
      ...(every && { rotateEvery: every }),
    });
    close();
    goTo(addressOf.key(key.id));
  };
  // A key that verifies is somebody else's: it is imported, which this page does not offer.
  const made = Object.entries(PURPOSES).filter(([purpose]) => purpose !== "verify");
  const purposes = made.map(([value, { name, about }]) => ({ value, name, about }));
  return (
    <Dialog id="new-key-dialog" title="New key" close={close}>
      <Form id="new-key-form" submit="Create key" busy="Creating…" act={create}>
        <Field id="new-key-alias" name="alias" label="Name" maxLength={64} autocomplete="off" />
        <Radios name="purpose" legend="Purpose (cannot be changed later)" options={purposes} />
        <Choice id="new-key-every" name="every" label="Rotation" value="P90D" options={PERIODS} />
        <Field
          id="new-key-labels"
          name="labels"
          label="Labels"
          hint={LABELS_HINT}
          autocomplete="off"
          optional
        />
      </Form>
    </Dialog>
  );
}

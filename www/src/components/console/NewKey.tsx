import type { Purpose } from "strongroom";
import { createKey } from "../../keyring";
import { addressOf } from "../../route";
import { PURPOSES } from "../../words";
import { Dialog } from "../Dialog";
import { Choice, Field, Form } from "../Form";
import { parseLabels } from "../../labels";
import { LABELS_HINT, PERIODS } from "./fields";

/** Makes a key with all that can be said of it. */
export function NewKey({ close }: { close: () => void }) {
  const make = async (values: FormData) => {
    const every = String(values.get("every"));
    const key = await createKey({
      alias: String(values.get("alias")).trim(),
      purpose: String(values.get("purpose")) as Purpose,
      labels: parseLabels(String(values.get("labels"))),
      ...(every && { rotateEvery: every }),
    });
    close();
    if (key) location.hash = addressOf.key(key.id);
  };
  return (
    <Dialog id="new-key-dialog" title="New key" close={close}>
      <Form id="new-key-form" submit="Make the key" busy="Making…" act={make}>
        <Field id="new-key-alias" name="alias" label="Name" maxLength={64} autocomplete="off" />
        <fieldset class="purposes">
          <legend>Purpose, for good</legend>
          {Object.entries(PURPOSES).map(([purpose, { name, about }]) => (
            <label class="check" key={purpose}>
              <input
                type="radio"
                name="purpose"
                value={purpose}
                data-testid={`purpose-${purpose}`}
                defaultChecked={purpose === "encrypt"}
              />
              <span>
                <strong class="purpose">{name}</strong>
                <small class="hint">{about}</small>
              </span>
            </label>
          ))}
        </fieldset>
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

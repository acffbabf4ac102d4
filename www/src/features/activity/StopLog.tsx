import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import styles from "./StopLog.module.css";
import type { ActivityModel } from "./model";

/** Says what is lost without the log, and turns it off. */
export function StopLog({ model, close }: { model: ActivityModel; close: () => void }) {
  const act = async (values: FormData) => {
    await model.stop(String(values.get("reason")).trim() || undefined);
    close();
  };
  return (
    <Dialog id="stop-log-dialog" title="Turn the log off?" close={close}>
      <ul class={styles.consequences} data-testid="stop-log-consequences">
        <li>No use, change or refusal is written from then on, in any tab of this browser, also after a reload.</li>
        <li>Alerts see nothing of that time, and say that the log was off.</li>
        <li>That it was turned off is its last entry, with the reason. The entries before it stay.</li>
      </ul>
      <Form id="stop-log-form" submit="Turn the log off" busy="Turning it off…" kind="danger" act={act}>
        <Field id="stop-log-reason" name="reason" label="Reason, which the log keeps" maxLength={500} autocomplete="off" optional />
      </Form>
    </Dialog>
  );
}

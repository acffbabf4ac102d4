import { notifyError } from "../../app/notice";
import { buttonClass } from "../../ui/Button";
import { restoreVault } from "./model";
import styles from "./Restore.module.css";

/** A file input that looks like a button and works with the keyboard as it is. */
export function Restore() {
  const choose = async ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    const [backup] = input.files ?? [];
    if (!backup) return;
    try {
      await restoreVault(backup);
    } catch (error) {
      notifyError(error);
    } finally {
      // The same file can be chosen again.
      input.value = "";
    }
  };
  return (
    <label class={`${buttonClass("quiet")} ${styles.restore}`}>
      Restore a backup
      <input id="restore-file" data-testid="restore-file" type="file" onChange={choose} />
    </label>
  );
}

import { useState } from "preact/hooks";
import { isAbort } from "../../app/explain";
import { warn } from "../../app/notice";
import { buttonClass } from "../../ui/Button";
import { explainBackup } from "./backup-errors";
import { restoreVault } from "./model";
import styles from "./Restore.module.css";

/** A file input that looks like a button and works with the keyboard as it is; and what to know of what it restored. */
export function Restore() {
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const choose = async ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    const [backup] = input.files ?? [];
    if (!backup) return;
    setWarnings([]);
    try {
      setWarnings(await restoreVault(backup));
    } catch (error) {
      if (!isAbort(error)) warn(explainBackup(error));
    } finally {
      // The same file can be chosen again.
      input.value = "";
    }
  };
  return (
    <>
      <label class={`${buttonClass("quiet")} ${styles.restore}`}>
        Restore a backup
        <input id="restore-file" data-testid="restore-file" type="file" onChange={choose} />
      </label>
      {warnings.map((warning) => (
        <p key={warning} class={styles.warning} role="alert" data-testid="restore-warning">
          {warning}
        </p>
      ))}
    </>
  );
}

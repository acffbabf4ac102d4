import { tellError } from "../state";
import { restoreVault } from "../vault";

/** A file input in a button's clothes: it is reached and pressed with the keyboard as it is. */
export function Restore() {
  const choose = async (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const [backup] = input.files ?? [];
    if (!backup) return;
    try {
      await restoreVault(backup);
    } catch (error) {
      tellError(error);
    } finally {
      // The same file can be chosen again.
      input.value = "";
    }
  };
  return (
    <label class="button quiet file">
      Restore a backup
      <input id="restore-file" data-testid="restore-file" type="file" onChange={choose} />
    </label>
  );
}

import { abbreviate } from "../../ui/format";
import text from "../../ui/text.module.css";
import type { KeyChoice } from "../keys/key-choice";
import styles from "./KeyPicker.module.css";

/** The key that new files are encrypted with. */
export function KeyPicker({ choice }: { choice: KeyChoice }) {
  return (
    <fieldset class={styles.keys}>
      <legend>Key for new files</legend>
      {choice.offered?.map((key) => (
        <label key={key.id} class={styles.key} data-testid="key" data-alias={key.alias}>
          <input
            type="radio"
            name="chosen-key"
            value={key.alias}
            checked={choice.chosen?.id === key.id}
            onChange={() => choice.choose(key)}
          />
          <span class={styles.alias}>{key.alias}</span>
          <code title={`Key ${key.id}`}>{abbreviate(key.id)}</code>
        </label>
      ))}
      {choice.offered?.length === 0 && (
        <p class={text.hint}>No active encryption key. Create or rotate one.</p>
      )}
    </fieldset>
  );
}

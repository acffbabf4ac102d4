import styles from "./Form.module.css";

interface Props {
  id: string;
  name: string;
  label: string;
  /** As `2026-11-30T12:30`; empty for none. */
  value: string;
}

/** A day and a time by this device's clock, if one is wanted. */
export function MomentField({ id, name, label, value }: Props) {
  return (
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      <input
        id={id}
        data-testid={id}
        name={name}
        class={`${styles.input} ${styles.date}`}
        type="datetime-local"
        min="1970-01-01T00:00"
        max="9999-12-31T23:59"
        step="any"
        defaultValue={value}
      />
    </p>
  );
}

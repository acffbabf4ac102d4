import { useEffect, useRef } from "preact/hooks";
import styles from "./Form.module.css";

interface Props {
  id: string;
  label: string;
  /** As `2026-11-30`; empty for none. */
  value: string;
  onChange: (value: string) => void;
}

/** A day. What is half typed stays: only a change from outside replaces it. */
export function DateField({ id, label, value, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => takeOver(input.current, value), [value]);
  return (
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      <input
        ref={input}
        id={id}
        data-testid={id}
        class={`${styles.input} ${styles.date}`}
        type="date"
        min="1970-01-01"
        max="9999-12-31"
        defaultValue={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </p>
  );
}

function takeOver(input: HTMLInputElement | null, value: string): void {
  if (input && input !== document.activeElement) input.value = value;
}

import styles from "./Progress.module.css";

interface Props {
  id: string;
  name: string;
  value: number;
  max: number;
  /** How far it is, in words. */
  text: string;
}

export function Progress({ id, name, value, max, text }: Props) {
  return (
    <label class={styles.progress}>
      <span class={styles.text}>
        {name} <span>{text}</span>
      </span>
      <progress
        class={styles.bar}
        max={Math.max(1, max)}
        value={value}
        data-testid={`progress-${id}`}
      />
    </label>
  );
}

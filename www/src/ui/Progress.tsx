import styles from "./Progress.module.css";

interface Props {
  id: string;
  name: string;
  value: number;
  max: number;
  /** How far it is, in words. */
  text: string;
  /** Whether it is about the provider's side. */
  theirs?: boolean;
}

export function Progress({ id, name, value, max, text, theirs }: Props) {
  return (
    <label class={styles.progress}>
      <span class={styles.text}>
        {name} <span>{text}</span>
      </span>
      <progress
        class={`${styles.bar} ${theirs ? styles.theirs : ""}`}
        max={Math.max(1, max)}
        value={value}
        data-testid={`progress-${id}`}
      />
    </label>
  );
}

import type { ComponentChildren } from "preact";
import styles from "./Sides.module.css";

interface Props {
  /** Whether it is one of many rows. */
  row?: boolean;
  /** What the browser has. */
  yours: ComponentChildren;
  /** What the provider has. */
  theirs: ComponentChildren;
}

/** Both sides of the line, beside each other where there is room. */
export function Sides({ row, yours, theirs }: Props) {
  return (
    <div class={`${styles.sides} ${row ? styles.row : styles.head}`}>
      <div class={styles.yours}>{yours}</div>
      <div class={styles.theirs}>{theirs}</div>
    </div>
  );
}

import type { ComponentChildren } from "preact";
import styles from "./StepTitle.module.css";

interface Props {
  number: number;
  id?: string;
  /** Whether it is about the provider's side. */
  theirs?: boolean;
  children: ComponentChildren;
}

/** A heading with its place in the order. */
export function StepTitle({ number, id, theirs, children }: Props) {
  return (
    <h2 id={id} class={styles.title}>
      <span class={`${styles.number} ${theirs ? styles.theirs : ""}`}>{number}</span> {children}
    </h2>
  );
}

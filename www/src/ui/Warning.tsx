import type { ComponentChildren } from "preact";
import styles from "./Warning.module.css";

interface Props {
  testid: string;
  /** Whether it is about harm that was done. */
  grave?: boolean;
  children: ComponentChildren;
}

/** What is to be known before anything else in a view. */
export function Warning({ testid, grave = false, children }: Props) {
  return (
    <div class={`${styles.warning} ${grave ? styles.grave : ""}`} data-testid={testid}>
      {children}
    </div>
  );
}

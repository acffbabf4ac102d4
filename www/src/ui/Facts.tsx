import type { ComponentChildren } from "preact";
import styles from "./Facts.module.css";

/** A list of names and values. */
export function Facts({ testid, children }: { testid?: string; children: ComponentChildren }) {
  return (
    <dl class={styles.facts} data-testid={testid}>
      {children}
    </dl>
  );
}

/** One of them; an empty one is left out. */
export function Fact({ name, testid, children }: { name: string; testid?: string; children: ComponentChildren }) {
  if (children === "") return null;
  return (
    <div class={styles.fact}>
      <dt>{name}</dt>
      <dd data-testid={testid}>{children}</dd>
    </div>
  );
}

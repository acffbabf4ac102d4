import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { askingFactor } from "../app/factor-request";
import { notifyError } from "../app/notice";
import styles from "./Button.module.css";
import { keepFocus } from "./focus";

/** `main` does what the view is for; `accent` is the first of several; `danger` takes something away. */
export type ButtonKind = "main" | "accent" | "quiet" | "danger";

interface Props {
  id?: string;
  testid?: string;
  kind?: ButtonKind;
  label?: string;
  /** There is nothing to do now: the button stays in place and says so. */
  off?: boolean;
  act: () => unknown;
  children: ComponentChildren;
}

/**
 * A button that is busy until its work ends, and reports errors. While busy it keeps the focus, which a disabled
 * one would lose.
 */
export function Button({ id, testid, kind = "quiet", label, off = false, act, children }: Props) {
  const [busy, setBusy] = useState(false);
  const press = async (event: MouseEvent) => {
    if (busy || off) return;
    const restoreFocus = keepFocus(event.currentTarget as HTMLElement);
    setBusy(true);
    try {
      await askingFactor(act);
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
      restoreFocus();
    }
  };
  return (
    <button
      type="button"
      id={id}
      data-testid={testid ?? id}
      class={buttonClass(kind)}
      aria-label={label}
      aria-disabled={busy || off}
      data-off={off || undefined}
      onClick={press}
    >
      {children}
    </button>
  );
}

/** For other elements that look like a button. */
export const buttonClass = (kind: ButtonKind): string => `${styles.button} ${styles[kind] ?? ""}`;

interface GroupProps {
  /** Whether they share the whole width where it is narrow. */
  fill?: boolean;
  children: ComponentChildren;
}

/** Buttons side by side. */
export function ButtonGroup({ fill, children }: GroupProps) {
  return <div class={`${styles.group} ${fill ? styles.fill : ""}`}>{children}</div>;
}

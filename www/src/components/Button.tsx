import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { keepPlace } from "../focus";
import { tellError } from "../state";

interface Props {
  id?: string;
  testid?: string;
  kind?: "main" | "quiet" | "danger";
  label?: string;
  /** There is nothing to do now; it stays where it is, and says so. */
  off?: boolean;
  act: () => unknown;
  children: ComponentChildren;
}

/**
 * A button that is busy until its work ends, and tells what went wrong. While busy it keeps the
 * focus, which a disabled one would lose.
 */
export function Button({ id, testid, kind = "quiet", label, off = false, act, children }: Props) {
  const [busy, setBusy] = useState(false);
  const press = async (event: MouseEvent) => {
    if (busy || off) return;
    const findPlace = keepPlace(event.currentTarget as HTMLElement);
    setBusy(true);
    try {
      await act();
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
      findPlace();
    }
  };
  return (
    <button
      type="button"
      id={id}
      data-testid={testid ?? id}
      class={`button ${kind}`}
      aria-label={label}
      aria-disabled={busy || off}
      data-off={off || undefined}
      onClick={press}
    >
      {children}
    </button>
  );
}

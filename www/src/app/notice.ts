/** The message at the foot of the page. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { explain, isAbort } from "./explain";

/** A screen reader announces `error` at once, and `done` when it is idle. */
export interface Notice {
  kind: "error" | "done";
  text: string;
  /** Until it is dismissed; one that asks for nothing goes by itself otherwise. */
  stays?: boolean;
}

const current = signal<Notice | undefined>(undefined);

export const notice: ReadonlySignal<Notice | undefined> = current;

export const notify = (text: string, { stays = false } = {}): void => {
  current.value = { kind: "done", text, stays };
};

/** Asks the user for something else than what they did. */
export const warn = (text: string): void => {
  current.value = { kind: "error", text };
};

/** Explains a failure; the user's own cancelling is none. */
export function notifyError(error: unknown): void {
  if (!isAbort(error)) warn(explain(error));
}

export const dismissNotice = (): void => {
  current.value = undefined;
};

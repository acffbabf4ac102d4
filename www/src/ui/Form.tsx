import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApprovalNeeded } from "../app/approval-needed";
import { explain } from "../app/explain";
import { askingFactor } from "../app/factor-request";
import { Button, buttonClass, type ButtonKind } from "./Button";
import { focusFirst, keepFocus } from "./focus";
import styles from "./Form.module.css";
import { Problem } from "./problem";

interface FormProps {
  id: string;
  submit: string;
  busy: string;
  kind?: ButtonKind;
  /** Throws a `Problem`, or anything that `explain` knows. */
  act: (values: FormData) => Promise<void>;
  children: ComponentChildren;
}

/** A form that stays in the page, is busy while it works, and shows its own error. */
export function Form({ id, submit, busy, kind = "main", act, children }: FormProps) {
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState("");
  const [needed, setNeeded] = useState<ApprovalNeeded>();
  const show = (form: HTMLElement | null, error: unknown) => {
    setProblem(error instanceof Problem ? error.message : explain(error));
    if (form) pointTo(form, error instanceof Problem ? error : undefined);
  };
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (working) return;
    const form = event.currentTarget as HTMLFormElement;
    const restoreFocus = keepFocus(form);
    setWorking(true);
    setProblem("");
    setNeeded(undefined);
    try {
      // What was typed is read before anything else is asked for.
      const values = new FormData(form);
      await askingFactor(() => act(values));
      form.reset();
    } catch (error) {
      if (error instanceof ApprovalNeeded) {
        setNeeded(error);
        show(null, error);
      } else show(form, error);
    } finally {
      setWorking(false);
      restoreFocus();
    }
  };
  return (
    <form id={id} data-testid={id} onSubmit={onSubmit} onInput={unmark}>
      {children}
      <p id={`${id}-error`} data-testid={`${id}-error`} class={styles.problem} role="alert">
        {problem}
      </p>
      {needed && <AskForApproval of={needed} id={id} fail={(error) => show(document.getElementById(id), error)} />}
      <button
        id={`${id}-submit`}
        data-testid={`${id}-submit`}
        class={`${buttonClass(kind)} ${styles.submit}`}
        data-kind={kind}
        aria-disabled={working}
      >
        {working ? busy : submit}
      </button>
    </form>
  );
}

/** In place of what a policy refused. */
function AskForApproval({ of, id, fail }: { of: ApprovalNeeded; id: string; fail: (error: unknown) => void }) {
  return (
    <p class={styles.offer} ref={focusFirst}>
      <Button id={`${id}-ask`} kind="accent" act={() => of.ask().catch(fail)}>
        Ask for approval
      </Button>
    </p>
  );
}

/** Moves the focus to what has to be typed again: the field that the problem names, otherwise the secret. */
function pointTo(form: HTMLElement, problem: Problem | undefined): void {
  const { field, range } = problem ?? {};
  const selector = field ? `[name="${field}"]` : 'input[type="password"], textarea, input';
  const input = form.querySelector<HTMLInputElement | HTMLTextAreaElement>(selector);
  // Nothing was typed there: pressing the button again is what is left to do.
  if (input?.type === "hidden") return form.querySelector<HTMLElement>("button:not([type])")?.focus();
  input?.setAttribute("aria-invalid", "true");
  input?.setAttribute("aria-errormessage", `${form.id}-error`);
  input?.focus();
  if (range) input?.setSelectionRange(...range);
  else input?.select();
}

function unmark({ target }: Event): void {
  (target as Element).removeAttribute("aria-invalid");
}

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { explain } from "../errors";
import { keepPlace } from "../focus";
import { Problem } from "../problem";

interface FormProps {
  id: string;
  submit: string;
  busy: string;
  kind?: "main" | "quiet" | "danger";
  /** Throws a sentence (`Problem`) or anything that `explain` knows. */
  act: (values: FormData) => Promise<void>;
  children: ComponentChildren;
}

/** A form that stays in the page, is busy while it works, and keeps its own error beside it. */
export function Form({ id, submit, busy, kind = "main", act, children }: FormProps) {
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState("");
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (working) return;
    const form = event.currentTarget as HTMLFormElement;
    const findPlace = keepPlace(form);
    setWorking(true);
    setProblem("");
    try {
      await act(new FormData(form));
      form.reset();
    } catch (error) {
      setProblem(error instanceof Problem ? error.message : explain(error));
      pointTo(form, error instanceof Problem ? error.field : undefined);
    } finally {
      setWorking(false);
      findPlace();
    }
  };
  return (
    <form id={id} data-testid={id} onSubmit={onSubmit} onInput={unmark}>
      {children}
      <p id={`${id}-error`} data-testid={`${id}-error`} class="problem" role="alert">
        {problem}
      </p>
      <button
        id={`${id}-submit`}
        data-testid={`${id}-submit`}
        class={`button ${kind}`}
        aria-disabled={working}
      >
        {working ? busy : submit}
      </button>
    </form>
  );
}

/** Puts the focus into what has to be typed again: the field of that name, otherwise the secret. */
function pointTo(form: HTMLFormElement, name: string | undefined): void {
  const selector = name ? `[name="${name}"]` : 'input[type="password"], input';
  const input = form.querySelector<HTMLInputElement>(selector);
  input?.setAttribute("aria-invalid", "true");
  input?.setAttribute("aria-errormessage", `${form.id}-error`);
  input?.focus();
  input?.select();
}

function unmark({ target }: Event): void {
  (target as Element).removeAttribute("aria-invalid");
}

interface FieldProps {
  id: string;
  name: string;
  label: string;
  hint?: string;
  secret?: boolean;
  autocomplete?: string;
  value?: string;
  maxLength?: number;
  optional?: boolean;
  /** A whole number between these. */
  range?: [least: number, most: number];
}

/** A labelled input; its value is read from the form, never kept in the page's state. */
export function Field({ id, name, label, hint, secret, optional, range, ...rest }: FieldProps) {
  const attributes = {
    id,
    name,
    "data-testid": id,
    required: !optional,
    autocapitalize: "none",
    spellcheck: false,
    ...(hint && { "aria-describedby": `${id}-hint` }),
    ...rest,
  } as const;
  return (
    <p class="field">
      <label for={id}>{label}</label>
      {range ? (
        <input type="number" min={range[0]} max={range[1]} {...attributes} />
      ) : secret ? (
        <input type="password" {...attributes} />
      ) : (
        <input type="text" {...attributes} />
      )}
      {hint && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </p>
  );
}

interface ChoiceProps {
  id: string;
  name: string;
  label: string;
  value?: string;
  options: readonly (readonly [value: string, text: string])[];
  onChange?: (value: string) => void;
}

/** One of several; the first unless `value` says which. */
export function Choice({ id, name, label, value, options, onChange }: ChoiceProps) {
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        data-testid={id}
        name={name}
        value={value}
        onChange={({ currentTarget }) => onChange?.(currentTarget.value)}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </p>
  );
}

interface CheckProps {
  id: string;
  name: string;
  label: string;
  hint?: string;
  checked?: boolean;
}

export function Check({ id, name, label, hint, checked }: CheckProps) {
  return (
    <label class="check">
      <input
        id={id}
        data-testid={id}
        type="checkbox"
        name={name}
        defaultChecked={checked}
        aria-describedby={hint && `${id}-hint`}
      />
      <span>
        {label}
        {hint && (
          <small id={`${id}-hint`} class="hint">
            {hint}
          </small>
        )}
      </span>
    </label>
  );
}

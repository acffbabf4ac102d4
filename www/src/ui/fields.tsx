/** The fields of forms. Their values are read from the form, never kept in the page's state. */

import type { ComponentChildren } from "preact";
import styles from "./Form.module.css";
import text from "./text.module.css";

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

export function Field({ id, name, label, hint, secret, optional, range, value, ...rest }: FieldProps) {
  const attributes = {
    id,
    name,
    "data-testid": id,
    class: styles.input,
    required: !optional,
    // What was typed stays when the form is drawn again.
    defaultValue: value,
    autocapitalize: "none",
    spellcheck: false,
    ...(hint && { "aria-describedby": `${id}-hint` }),
    ...rest,
  } as const;
  return (
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      {range ? (
        <input type="number" min={range[0]} max={range[1]} {...attributes} />
      ) : secret ? (
        <input type="password" {...attributes} />
      ) : (
        <input type="text" {...attributes} />
      )}
      {hint && (
        <small id={`${id}-hint`} class={text.hint}>
          {hint}
        </small>
      )}
    </p>
  );
}

interface LongFieldProps extends Pick<FieldProps, "id" | "name" | "label" | "hint" | "value" | "optional"> {
  rows?: number;
  readonly?: boolean;
}

/** A long text of a machine, such as one to paste. */
export function LongField({ id, name, label, hint, value, optional, rows = 5, readonly }: LongFieldProps) {
  return (
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      <textarea
        id={id}
        data-testid={id}
        class={`${styles.input} ${styles.mono}`}
        name={name}
        rows={rows}
        readonly={readonly}
        required={!optional}
        defaultValue={value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        translate={false}
        aria-describedby={hint && `${id}-hint`}
      />
      {hint && (
        <small id={`${id}-hint`} class={text.hint}>
          {hint}
        </small>
      )}
    </p>
  );
}

interface DayFieldProps {
  id: string;
  name: string;
  label: string;
  /** As the form begins with it: `2026-11-30`. */
  value: string;
}

/** A day. */
export function DayField({ id, name, label, value }: DayFieldProps) {
  return (
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      <input id={id} data-testid={id} class={`${styles.input} ${styles.date}`} type="date" name={name} required defaultValue={value} />
    </p>
  );
}

interface FileFieldProps {
  id: string;
  name: string;
  label: string;
  hint?: string;
  optional?: boolean;
  onChange?: () => void;
}

/** A file that is chosen. */
export function FileField({ id, name, label, hint, optional, onChange }: FileFieldProps) {
  return (
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      <input
        id={id}
        data-testid={id}
        class={`${styles.input} ${styles.file}`}
        type="file"
        name={name}
        required={!optional}
        aria-describedby={hint && `${id}-hint`}
        onChange={onChange}
      />
      {hint && (
        <small id={`${id}-hint`} class={text.hint}>
          {hint}
        </small>
      )}
    </p>
  );
}

interface SearchProps {
  id: string;
  label: string;
  value: string;
  onSearch: (value: string) => void;
}

export function Search({ id, label, value, onSearch }: SearchProps) {
  return (
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      <input
        id={id}
        data-testid={id}
        class={styles.input}
        type="search"
        autocomplete="off"
        spellcheck={false}
        defaultValue={value}
        onInput={({ currentTarget }) => onSearch(currentTarget.value)}
      />
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
    <p class={styles.field}>
      <label class={styles.name} for={id}>
        {label}
      </label>
      <select
        id={id}
        data-testid={id}
        class={styles.input}
        name={name}
        // Without a listener, what was chosen stays when the form is drawn again.
        value={onChange && value}
        onChange={({ currentTarget }) => onChange?.(currentTarget.value)}
      >
        {options.map(([option, shown]) => (
          <option key={option} value={option} selected={option === value}>
            {shown}
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
  /** Where several have one name. */
  value?: string;
  /** The form cannot be sent without it. */
  required?: boolean;
}

export function Check({ id, name, label, hint, checked, value, required }: CheckProps) {
  return (
    <label class={styles.check}>
      <input
        id={id}
        data-testid={id}
        type="checkbox"
        name={name}
        value={value}
        defaultChecked={checked}
        required={required}
        aria-describedby={hint && `${id}-hint`}
      />
      <span>
        {label}
        {hint && (
          <small id={`${id}-hint`} class={text.hint}>
            {hint}
          </small>
        )}
      </span>
    </label>
  );
}

interface RadiosProps {
  /** Each option's handle is `NAME-OPTION`. */
  name: string;
  legend: ComponentChildren;
  options: readonly { value: string; name: string; about: string }[];
  onChange?: (value: string) => void;
}

/** One of several that are explained; the first is chosen. */
export function Radios({ name, legend, options, onChange }: RadiosProps) {
  return (
    <fieldset class={styles.radios}>
      <legend class={styles.name}>{legend}</legend>
      {options.map((option, index) => (
        <label class={styles.check} key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            data-testid={`${name}-${option.value}`}
            defaultChecked={index === 0}
            onChange={() => onChange?.(option.value)}
          />
          <span>
            <strong>{option.name}</strong>
            <small class={text.hint}>{option.about}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface SegmentsProps<Value extends string> {
  id: string;
  /** Each option's handle is `ID-OPTION`. */
  legend: string;
  options: readonly (readonly [value: Value, text: string])[];
  value: Value;
  /** One that has a row of its own: its text is long. */
  wide?: Value;
  onChange: (value: Value) => void;
}

/** Two or three ways to go on, side by side; the arrow keys lead from one to the other. */
export function Segments<Value extends string>({ id, legend, options, value, wide, onChange }: SegmentsProps<Value>) {
  return (
    <fieldset class={styles.segments}>
      <legend class={text.unseen}>{legend}</legend>
      {options.map(([option, shown]) => (
        <label class={styles.segment} key={option} data-wide={option === wide}>
          <input
            type="radio"
            id={`${id}-${option}`}
            data-testid={`${id}-${option}`}
            name={id}
            value={option}
            checked={option === value}
            onChange={() => onChange(option)}
          />
          {shown}
        </label>
      ))}
    </fieldset>
  );
}

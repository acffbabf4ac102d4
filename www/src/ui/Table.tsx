/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
   Where each row is displayed as a card, some browsers take a table's own roles away. */
import type { ComponentChildren } from "preact";
import styles from "./Table.module.css";

interface TableProps {
  /** Whose text names it. */
  labelledBy: string;
  testid: string;
  /** A column of figures is aligned at its end. */
  columns: readonly (readonly [title: string, kind?: "figure"])[];
  children: ComponentChildren;
}

/** A table whose rows are cards where it is narrow, each cell with its column's title before it. */
export function Table({ labelledBy, testid, columns, children }: TableProps) {
  return (
    <div class={styles.frame}>
      <table class={styles.table} role="table" aria-labelledby={labelledBy} data-testid={testid}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(([title, kind]) => (
              <th key={title} role="columnheader" scope="col" class={kind && styles[kind]}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">{children}</tbody>
      </table>
    </div>
  );
}

interface RowProps {
  selected?: boolean;
  /** What the row is about. */
  title: ComponentChildren;
  /** Handles for tests. */
  data: Record<`data-${string}`, string | number>;
  children: ComponentChildren;
}

export function Row({ selected, title, data, children }: RowProps) {
  return (
    <tr role="row" class={selected ? styles.selected : ""} {...data}>
      <th role="rowheader" scope="row">
        {title}
      </th>
      {children}
    </tr>
  );
}

interface CellProps {
  /** Its column's title. */
  of: string;
  kind?: "figure" | "actions";
  title?: string;
  /** A card leaves it out. */
  empty?: boolean;
  children: ComponentChildren;
}

export function Cell({ of, kind, title, empty, children }: CellProps) {
  return (
    <td role="cell" data-label={of} data-empty={empty || undefined} class={kind && styles[kind]} title={title}>
      {children}
    </td>
  );
}

interface RowLinkProps {
  to: string;
  testid: string;
  current?: boolean;
  children: ComponentChildren;
}

/** Leads from a row to what it is about. */
export function RowLink({ to, testid, current, children }: RowLinkProps) {
  return (
    <a class={styles.link} href={to} aria-current={current ? "true" : undefined} data-testid={testid}>
      {children}
    </a>
  );
}

/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
   On a phone, where each row is displayed as a card, some browsers take a table's own roles away. */
import type { ComponentChildren } from "preact";

interface TableProps {
  /** Whose text names it. */
  labelledBy: string;
  testid: string;
  /** A column of figures is aligned at its end. */
  columns: readonly (readonly [title: string, kind?: "figure"])[];
  children: ComponentChildren;
}

/** A table whose rows are cards on a phone, each cell with its column's title before it. */
export function Table({ labelledBy, testid, columns, children }: TableProps) {
  return (
    <table class="stacks" role="table" aria-labelledby={labelledBy} data-testid={testid}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(([title, kind]) => (
            <th key={title} role="columnheader" scope="col" class={kind}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

interface RowProps {
  class?: string;
  /** What it is about. */
  title: ComponentChildren;
  /** Handles for tests. */
  data: Record<`data-${string}`, string | number>;
  children: ComponentChildren;
}

export function Row({ title, data, children, ...rest }: RowProps) {
  return (
    <tr role="row" class={rest.class} {...data}>
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
  kind?: "figure";
  title?: string;
  /** A card leaves it out. */
  empty?: boolean;
  children: ComponentChildren;
}

export function Cell({ of, kind, title, empty, children }: CellProps) {
  return (
    <td role="cell" data-label={of} data-empty={empty || undefined} class={kind} title={title}>
      {children}
    </td>
  );
}

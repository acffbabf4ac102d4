/* oxlint-disable jsx-a11y/control-has-associated-label -- a cell is no control, and the box in it has a label. */
import type { KeyOperation, KeyPolicy } from "strongroom";
import text from "../../ui/text.module.css";
import styles from "./OperationMatrix.module.css";
import { OPERATION_NAMES } from "./words";

interface Props {
  operations: readonly KeyOperation[];
  policy: KeyPolicy;
}

/** What each operation needs: a row of boxes for each. */
export function OperationMatrix({ operations, policy }: Props) {
  const columns = [
    { name: "operations", title: "Allowed", has: (one: KeyOperation) => policy.operations?.includes(one) ?? true },
    { name: "requireReason", title: "Reason", has: (one: KeyOperation) => policy.requireReason?.includes(one) ?? false },
    { name: "freshFactor", title: "Factor", has: (one: KeyOperation) => policy.freshFactor?.operations.includes(one) ?? false },
    { name: "secondFactor", title: "Two kinds", has: (one: KeyOperation) => policy.secondFactor?.operations.includes(one) ?? false },
  ];
  return (
    <table class={styles.matrix}>
      <caption class={text.hint}>
        Which operations are allowed, and which of them need a reason, a factor that was presented lately, or factors of two kinds.
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <span class={text.unseen}>Operation</span>
          </th>
          {columns.map(({ name, title }) => (
            <th key={name} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {operations.map((operation) => (
          <tr key={operation}>
            <th scope="row">{OPERATION_NAMES[operation]}</th>
            {columns.map(({ name, title, has }) => (
              <td key={name}>
                <label class={styles.box}>
                  <span class={text.unseen}>
                    {title}: {OPERATION_NAMES[operation]}
                  </span>
                  <input type="checkbox" name={name} value={operation} id={`${name}-${operation}`} data-testid={`${name}-${operation}`} defaultChecked={has(operation)} />
                </label>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

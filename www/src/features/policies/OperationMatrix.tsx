/* oxlint-disable jsx-a11y/control-has-associated-label -- a cell is no control, and the box in it has a label. */
import text from "../../ui/text.module.css";
import styles from "./OperationMatrix.module.css";
import { OPERATION_NAMES, type AnyOperation, type AnyPolicy } from "./words";

interface Props {
  /** Stands above. */
  title: string;
  operations: readonly AnyOperation[];
  policy: AnyPolicy;
}

/** What each operation needs: a row of boxes for each. */
export function OperationMatrix({ title: about, operations, policy }: Props) {
  const lists = (list: readonly AnyOperation[] | undefined, otherwise: boolean) => (one: AnyOperation) => list?.includes(one) ?? otherwise;
  const columns = [
    { name: "operations", title: "Allowed", has: lists(policy.operations, true) },
    { name: "requireReason", title: "Reason", has: lists(policy.requireReason, false) },
    { name: "freshFactor", title: "Factor", has: lists(policy.freshFactor?.operations, false) },
    { name: "secondFactor", title: "Two kinds", has: lists(policy.secondFactor?.operations, false) },
  ];
  return (
    <table class={styles.matrix}>
      <caption class={text.hint}>{about}</caption>
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

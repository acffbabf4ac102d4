import { listed, objects } from "../state";
import { LedgerRow } from "./LedgerRow";

/** Every stored object, seen from both sides of the line. */
export function Ledger() {
  if (objects.value === undefined) return <p class="empty">Reading the list…</p>;
  if (listed.value.length === 0) {
    return (
      <p class="empty" data-testid="empty">
        Nothing is stored yet.
      </p>
    );
  }
  return (
    <ul class="ledger" aria-label="Stored files" data-testid="objects">
      {listed.value.map((object) => (
        <LedgerRow key={object.key} object={object} />
      ))}
    </ul>
  );
}

import { listed, objects, vault } from "../state";
import { LedgerRow } from "./LedgerRow";

/** Every stored object, seen from both sides of the line. */
export function Ledger() {
  if (objects.value === undefined) return <p class="empty">Reading the list…</p>;
  if (listed.value.length === 0) {
    return (
      <p class="empty" data-testid="empty">
        <strong>Nothing is stored yet.</strong>{" "}
        {vault.value
          ? "Drop a file on the field above, or choose one there: it is encrypted in this page, and appears here from both sides."
          : "What is stored appears here from both sides: yours, and the provider's."}
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

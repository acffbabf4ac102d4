import { formatCount } from "../format";
import { listed, objects, vault, wanted } from "../state";
import { LedgerRow } from "./LedgerRow";

/** Objects above which a list is searched rather than read. */
const MANY = 10;

/** Every stored object, seen from both sides of the line. */
export function Ledger() {
  if (objects.value === undefined) return <p class="empty">Reading the list…</p>;
  if (objects.value.length === 0) {
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
    <>
      {objects.value.length > MANY && <Find />}
      <ul class="ledger" aria-label="Stored files" data-testid="objects">
        {listed.value.map((object) => (
          <LedgerRow key={object.key} object={object} />
        ))}
      </ul>
    </>
  );
}

function Find() {
  const found = listed.value.length;
  return (
    <div class="find">
      <label for="find">Find a file</label>
      <input
        id="find"
        data-testid="find"
        type="search"
        autocomplete="off"
        value={wanted.value}
        onInput={({ currentTarget }) => (wanted.value = currentTarget.value)}
      />
      <span class="hint" role="status">
        {wanted.value.trim() && `${formatCount(found)} ${found === 1 ? "file" : "files"}`}
      </span>
    </div>
  );
}

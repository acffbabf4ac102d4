import { formatSize } from "../format";
import { transfers, type Transfer } from "../transfers";
import { Button } from "./Button";

/** Files on their way. */
export function Transfers() {
  if (transfers.value.length === 0) return null;
  return (
    <ul class="transfers" aria-label="Files on their way" data-testid="transfers">
      {transfers.value.map((transfer) => (
        <Row key={transfer.id} transfer={transfer} />
      ))}
    </ul>
  );
}

function Row({ transfer }: { transfer: Transfer }) {
  const { direction, name, size, state, crypto, sent, problem, cancel, retry } = transfer;
  const failed = state.value === "failed";
  return (
    <li data-testid="transfer" data-name={name} data-state={state.value}>
      <p class="transfer-name">
        <strong>{name}</strong> <span class="hint">{formatSize(size)}</span>
      </p>
      {failed ? (
        <p class="problem" role="alert" data-testid="transfer-error">
          {problem.value}
        </p>
      ) : (
        <div class="bars">
          <Bar name={direction === "up" ? "Encrypted" : "Decrypted"} value={crypto.value} />
          {direction === "up" && <Bar name="Uploaded" value={sent.value} />}
        </div>
      )}
      <div class="row-actions">
        {failed && (
          <Button testid="transfer-retry" label={`Try ${name} again`} act={retry}>
            Try again
          </Button>
        )}
        <Button
          testid="transfer-cancel"
          label={`${failed ? "Dismiss" : "Cancel"} ${name}`}
          act={cancel}
        >
          {failed ? "Dismiss" : "Cancel"}
        </Button>
      </div>
    </li>
  );
}

function Bar({ name, value }: { name: string; value: number }) {
  return (
    <label class={`bar ${name.toLowerCase()}`}>
      <span>
        {name} <output>{value} %</output>
      </span>
      <progress max={100} value={value} data-testid={`progress-${name.toLowerCase()}`} />
    </label>
  );
}

import { formatCount, formatSize } from "../format";
import { cancelAll, overall, retryAll, transfers, trouble, type Transfer } from "../transfers";
import { Button } from "./Button";

/** Waiting files that are shown; the others are counted. */
const WAITING = 3;

/** Percents between two announcements of the progress. */
const STEP = 25;

/** What the cipher has done with a file. */
const CIPHER: Record<Transfer["direction"], string> = {
  up: "Encrypted",
  down: "Decrypted",
  anew: "Encrypted anew",
};

/** Files on their way: all of them as one, then each that moves or is stuck. */
export function Transfers() {
  const { files, done, waiting, percent } = overall.value;
  const waits = (one: Transfer) => one.state.value === "waiting";
  const shown = transfers.value.filter((one) => !waits(one));
  const next = transfers.value.filter(waits).slice(0, WAITING);
  return (
    <>
      {/* Both live regions are always there, or screen readers would miss the first message. */}
      <p class="unseen" role="status" data-testid="transfers-status">
        {files > 0 &&
          `${formatCount(files)} ${files === 1 ? "file" : "files"} on the way, ${percent - (percent % STEP)} percent`}
      </p>
      <p class="unseen" role="alert" data-testid="transfers-alert">
        {trouble.value}
      </p>
      {done + transfers.value.length > 1 && <Overall />}
      {transfers.value.length > 0 && (
        <ul class="transfers" aria-label="Files on their way" data-testid="transfers">
          {[...shown, ...next].map((transfer) => (
            <Row key={transfer.id} transfer={transfer} />
          ))}
          {waiting > next.length && (
            <li class="hint" data-testid="transfers-waiting">
              {formatCount(waiting - next.length)} more wait
            </li>
          )}
        </ul>
      )}
    </>
  );
}

function Overall() {
  const { files, done, percent } = overall.value;
  const stuck = transfers.value.some(({ problem }) => problem.value !== "");
  return (
    <div class="batch" data-testid="overall">
      {files > 0 && (
        <Bar name={`${formatCount(done)} of ${formatCount(files)} files`} id="all" value={percent} />
      )}
      <div class="row-actions">
        {stuck && (
          <Button testid="retry-all" act={() => retryAll("interrupted", "failed")}>
            Try all again
          </Button>
        )}
        <Button testid="cancel-all" act={cancelAll}>
          {files > 0 ? "Cancel all" : "Dismiss all"}
        </Button>
      </div>
    </div>
  );
}

function Row({ transfer }: { transfer: Transfer }) {
  const { direction, name, size, state, crypto, sent, problem, cancel, retry } = transfer;
  const failed = state.value === "failed";
  const again = failed ? "Try again" : "Go on";
  const end = failed ? "Dismiss" : "Cancel";
  return (
    <li data-testid="transfer" data-name={name} data-state={state.value}>
      <p class="transfer-name">
        <strong>
          <bdi>{name}</bdi>
        </strong>{" "}
        <span class="hint">
          {formatSize(size)}
          {state.value === "waiting" && ", waiting"}
        </span>
      </p>
      <div class="row-actions">
        {problem.value && (
          <Button testid="transfer-retry" label={`${again}: ${name}`} act={retry}>
            {again}
          </Button>
        )}
        <Button testid="transfer-cancel" label={`${end}: ${name}`} act={cancel}>
          {end}
        </Button>
      </div>
      {problem.value && (
        <p class="problem" data-testid="transfer-error">
          {problem.value}
        </p>
      )}
      {(state.value === "running" || state.value === "interrupted") && (
        <div class="bars">
          <Bar
            name={CIPHER[direction]}
            id={direction === "down" ? "decrypted" : "encrypted"}
            value={crypto.value}
          />
          {direction !== "down" && <Bar name="Uploaded" id="uploaded" value={sent.value} />}
        </div>
      )}
    </li>
  );
}

function Bar({ name, id, value }: { name: string; id: string; value: number }) {
  return (
    <label class={`bar ${id}`}>
      <span>
        {name} <span>{value} %</span>
      </span>
      <progress max={100} value={value} data-testid={`progress-${id}`} />
    </label>
  );
}

import { Button, ButtonGroup } from "../../ui/Button";
import { counted, formatCount, formatSize } from "../../ui/format";
import { Progress } from "../../ui/Progress";
import text from "../../ui/text.module.css";
import type { TransferQueue } from "./queue";
import type { Direction, Transfer } from "./transfer";
import styles from "./Transfers.module.css";

/** Waiting files that are shown; the others are counted. */
const WAITING = 3;

/** Percentage points between two announcements of the progress. */
const STEP = 25;

const DOES: Record<Direction, string> = {
  up: "Encrypted and uploaded",
  down: "Downloaded and decrypted",
  reencrypt: "Re-encrypted and uploaded",
};

/** Pending transfers: all of them as one, then each that moves or is stuck. */
export function Transfers({ queue }: { queue: TransferQueue }) {
  const { files, done, waiting, percent } = queue.overall;
  const { transfers } = queue;
  const shown = transfers.filter(({ state }) => state !== "waiting");
  const next = transfers.filter(({ state }) => state === "waiting").slice(0, WAITING);
  return (
    <>
      {/* Both live regions are always there, or screen readers would miss the first message. */}
      <p class={text.unseen} role="status" data-testid="transfers-status">
        {files > 0 && `${counted(files, "file")} in transfer, ${percent - (percent % STEP)} percent`}
      </p>
      <p class={text.unseen} role="alert" data-testid="transfers-alert">
        {queue.alert}
      </p>
      {done + transfers.length > 1 && <Overall queue={queue} />}
      {transfers.length > 0 && (
        <ul class={styles.transfers} aria-label="Transfers" data-testid="transfers">
          {[...shown, ...next].map((transfer) => (
            <Row key={transfer.id} queue={queue} transfer={transfer} />
          ))}
          {waiting > next.length && (
            <li class={text.hint} data-testid="transfers-waiting">
              {formatCount(waiting - next.length)} more waiting
            </li>
          )}
        </ul>
      )}
    </>
  );
}

function Overall({ queue }: { queue: TransferQueue }) {
  const { files, done, percent } = queue.overall;
  const stuck = queue.transfers.some(({ problem }) => problem !== "");
  return (
    <div class={styles.overall} data-testid="overall">
      {files > 0 && (
        <Progress
          id="all"
          name={`${formatCount(done)} of ${formatCount(files)} files`}
          value={percent}
          max={100}
          text={`${percent} %`}
        />
      )}
      <ButtonGroup>
        {stuck && (
          <Button testid="retry-all" act={() => queue.retryAll("interrupted", "failed")}>
            Retry all
          </Button>
        )}
        <Button testid="cancel-all" act={() => queue.cancelAll()}>
          {files > 0 ? "Cancel all" : "Dismiss all"}
        </Button>
      </ButtonGroup>
    </div>
  );
}

function Row({ queue, transfer }: { queue: TransferQueue; transfer: Transfer }) {
  const { name, size, state, problem, isRetrying } = transfer;
  const [again, end] = state === "failed" ? ["Retry", "Dismiss"] : ["Resume", "Cancel"];
  return (
    <li data-testid="transfer" data-name={name} data-state={state}>
      <p class={styles.name}>
        <strong>
          <bdi>{name}</bdi>
        </strong>{" "}
        <span class={text.hint}>
          {formatSize(size)}
          {state === "waiting" && ", waiting"}
          {isRetrying && ", no answer, trying again"}
        </span>
      </p>
      <ButtonGroup>
        {problem && (
          <Button testid="transfer-retry" label={`${again}: ${name}`} act={() => queue.retry(transfer)}>
            {again}
          </Button>
        )}
        <Button testid="transfer-cancel" label={`${end}: ${name}`} act={() => queue.cancel(transfer)}>
          {end}
        </Button>
      </ButtonGroup>
      {problem && (
        <p class={`${text.problem} ${styles.full}`} data-testid="transfer-error">
          {problem}
        </p>
      )}
      {(state === "running" || state === "interrupted") && <Bar of={transfer} />}
    </li>
  );
}

function Bar({ of: { direction, percent } }: { of: Transfer }) {
  // What was re-encrypted is read back, and compared.
  const checks = direction === "reencrypt" && percent === 100;
  return (
    <div class={styles.full}>
      <Progress
        id={direction === "down" ? "decrypted" : "uploaded"}
        name={DOES[direction]}
        value={percent}
        max={100}
        text={checks ? "checking what is stored" : `${percent} %`}
      />
    </div>
  );
}

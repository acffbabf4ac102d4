import type { ApprovalRequest } from "strongroom";
import { Fact, Facts } from "../../ui/Facts";
import { formatDate } from "../../ui/format";
import { Warning } from "../../ui/Warning";
import styles from "./ApprovalsView.module.css";
import { shown, untilOf, wordsOf } from "./words";

interface Props {
  of: ApprovalRequest;
  /** What a version is called here, by its id. */
  version?: (id: string) => string;
  /** Whether another vault asks: then nothing of it is known here, and all of it is shown. */
  foreign?: boolean;
}

/** What a request is of. */
export function RequestFacts({ of, version, foreign = false }: Props) {
  const { vault, device, key, alias, reason, requested } = of;
  const { sentence, rules, complete, exactly } = wordsOf(of, version);
  return (
    <>
      <p class={styles.sentence} data-testid="request-sentence">
        <bdi>{sentence}</bdi>
      </p>
      {rules.length > 0 && (
        <ul class={styles.rules} data-testid="request-rules">
          {rules.map((rule) => (
            <li key={rule}>
              <bdi>{rule}</bdi>
            </li>
          ))}
        </ul>
      )}
      {!complete && (
        <Warning testid="request-unknown" grave>
          <p>The request says more than this page can put into words. Read all of it below, and approve nothing that you do not understand.</p>
        </Warning>
      )}
      <Facts testid="request-facts">
        <Fact name="Reason">{reason === undefined ? "none was given" : <bdi>{shown(reason)}</bdi>}</Fact>
        <Fact name="Until">{untilOf(of)}</Fact>
        {foreign && <Fact name="Asked">{formatDate(requested)}</Fact>}
        {foreign && (
          <Fact name="Vault">
            <code>{vault}</code>
          </Fact>
        )}
        {foreign && (
          <Fact name="Device">
            <code>{device}</code>
          </Fact>
        )}
        {foreign && key !== undefined && (
          <Fact name="Key">
            <code>{key}</code>
            {alias !== undefined && (
              <>
                , called “<bdi>{shown(alias)}</bdi>” there
              </>
            )}
          </Fact>
        )}
      </Facts>
      {(foreign || !complete) && (
        <details open={!complete}>
          <summary data-testid="request-exactly">The arguments, word for word</summary>
          <pre class={styles.exactly}>{exactly}</pre>
        </details>
      )}
    </>
  );
}

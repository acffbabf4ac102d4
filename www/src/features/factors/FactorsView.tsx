import { useEffect, useState } from "preact/hooks";
import type { FactorInfo } from "strongroom";
import type { Session } from "../../app/session";
import { Button } from "../../ui/Button";
import text from "../../ui/text.module.css";
import { HealthList } from "../health/HealthList";
import { KmsKeys } from "../kms/KmsKeys";
import { AddFactor } from "./AddFactor";
import { CompromisedReport } from "./CompromisedReport";
import { failedSentence } from "./failed-attempts";
import { FactorTable, type FactorAction } from "./FactorTable";
import styles from "./FactorsView.module.css";
import type { FactorsModel } from "./model";
import { PresentDialog } from "./PresentFactor";
import { RehearseFactor } from "./RehearseFactor";
import { RenameFactor } from "./RenameFactor";
import { Required } from "./Required";
import { ReplaceFactor } from "./ReplaceFactor";
import { RevokeFactor } from "./RevokeFactor";

/** What is being done to one of them. */
interface Task {
  action: FactorAction;
  to: FactorInfo;
}

/** Everything that opens the vault. */
export function FactorsView({ session: { factors, health } }: { session: Session }) {
  const [adding, setAdding] = useState(false);
  const [task, setTask] = useState<Task>();
  const { list, failedAttempts } = factors;
  useEffect(() => {
    void factors.refresh();
  }, [factors]);
  return (
    <>
      <header class={styles.head}>
        <h2 id="console-title" tabIndex={-1}>
          What opens this vault
        </h2>
        <Button id="add-factor" kind="main" act={() => setAdding(true)}>
          Add another
        </Button>
      </header>
      <p class={text.lead}>
        {factors.both
          ? "A passphrase and a passkey together open the vault, with everything in it, and so does what is on paper, alone."
          : "Any one of these opens the vault, with everything in it."}
        {list?.some(({ kind }) => kind === "kms") && " A key management service opens nothing by itself."}
      </p>
      {failedAttempts && (
        <p class={styles.warning} data-testid="failed-attempts">
          {failedSentence(failedAttempts)} Was that you?
        </p>
      )}
      {factors.lacksKit && (
        <p class={styles.warning} data-testid="no-kit">
          There is no recovery kit. Whoever loses the passphrase then loses the vault: add one.
        </p>
      )}
      {list ? (
        <FactorTable list={list} begin={(action, to) => setTask({ action, to })} />
      ) : (
        <p class={text.placeholder}>Reading the list…</p>
      )}
      <KmsKeys factors={factors} />
      <Required factors={factors} />
      <HealthList model={health} />
      <Identity of={factors} />
      {adding && <AddFactor factors={factors} close={() => setAdding(false)} />}
      {task && <TaskDialog factors={factors} task={task} close={() => setTask(undefined)} />}
      <CompromisedReport factors={factors} revoke={(to) => setTask({ action: "revoke", to })} />
    </>
  );
}

function Identity({ of: { identity } }: { of: FactorsModel }) {
  return (
    <section class={styles.identity} aria-labelledby="identity-title">
      <h3 id="identity-title">Identity</h3>
      <p class={text.hint}>
        The thumbprint of the key that signs for this vault. Keep it outside this browser: after a compromised revocation, another
        device asks you to compare it.
      </p>
      <code data-testid="identity">{identity}</code>
    </section>
  );
}

function TaskDialog({ factors, task: { action, to }, close }: { factors: FactorsModel; task: Task; close: () => void }) {
  const props = { factors, to, close };
  switch (action) {
    case "rehearse":
      return <RehearseFactor {...props} />;
    case "rename":
      return <RenameFactor {...props} />;
    case "replace":
      return <ReplaceFactor {...props} />;
    case "revoke":
      return <RevokeFactor {...props} />;
    case "present":
      return <PresentDialog {...props} />;
    default:
      return action satisfies never;
  }
}

import { useEffect } from "preact/hooks";
import type { AlertReport, VaultAlert } from "strongroom";
import { explain } from "../../app/explain";
import type { Session } from "../../app/session";
import { Button } from "../../ui/Button";
import { counted, formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { useResult } from "../../ui/use-result";
import { Warning } from "../../ui/Warning";
import { KeyNames } from "../activity/key-names";
import styles from "./AlertsView.module.css";
import { evidenceOf, messageOf } from "./evidence";

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** What the rules find in the log, the keys and the vault's state. */
export function AlertsView({ session: { alerts, vault } }: { session: Session }) {
  const { report, failure, open, seen } = alerts;
  useEffect(() => {
    void alerts.refresh();
  }, [alerts]);
  // Names are no reason to fail: the alert says what it is about.
  const read = async () => new Map([...(await new KeyNames(vault).read()).values()].map(({ id, alias }) => [id, alias] as const));
  const names = useResult(read, () => {}, [vault, report]) ?? NO_NAMES;
  return (
    <>
      <header class={styles.head}>
        <h2 id="console-title" tabIndex={-1}>
          Alerts
        </h2>
        <Button id="check-alerts" act={() => alerts.refresh()}>
          Look again
        </Button>
      </header>
      <p class={text.lead}>
        While the vault is unlocked, rules look at its log, its keys and its backups once a minute, in this page. Nothing is sent anywhere.
      </p>
      {failure !== undefined && (
        <Warning testid="alerts-failed">
          <p>The rules could not look. {explain(failure)}</p>
        </Warning>
      )}
      {report ? (
        <>
          <Alerts of={open} names={names} act={(alert) => alerts.acknowledge(alert)} button="Seen" testid="alert-seen" />
          {open.length === 0 && (
            <p class={text.placeholder} data-testid="no-alerts">
              {seen.length === 0 ? "Nothing was found." : "Nothing new was found."}
            </p>
          )}
          {seen.length > 0 && (
            <details class={styles.seen}>
              <summary data-testid="seen-alerts">{counted(seen.length, "alert was", "alerts were")} seen before</summary>
              <Alerts of={seen} names={names} act={(alert) => alerts.reopen(alert)} button="Not seen" testid="alert-reopen" />
            </details>
          )}
          <Looked report={report} />
        </>
      ) : (
        failure === undefined && <p class={text.placeholder}>Looking…</p>
      )}
    </>
  );
}

interface AlertsProps {
  of: readonly VaultAlert[];
  names: ReadonlyMap<string, string>;
  button: string;
  testid: string;
  act: (alert: VaultAlert) => void;
}

function Alerts({ of, names, button, testid, act }: AlertsProps) {
  if (of.length === 0) return null;
  return (
    <ul class={styles.alerts}>
      {of.map((alert) => (
        <li key={alert.id} data-testid="alert-found" data-rule={alert.rule} data-severity={alert.severity}>
          <p class={styles.when}>
            <strong>{alert.severity}</strong> <span class={text.hint}>since {formatDate(alert.at)}</span>
          </p>
          <p class={styles.message}>{messageOf(alert)}</p>
          <div class={styles.foot}>
            {evidenceOf(alert, names).map(({ to, text: shown }) => (
              <a key={to} class={text.link} href={to} data-testid="alert-evidence">
                {shown}
              </a>
            ))}
            <Button testid={testid} label={`${button}: ${messageOf(alert)}`} act={() => act(alert)}>
              {button}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Looked({ report: { at, from, entries, log } }: { report: AlertReport }) {
  return (
    <p class={text.hint} data-testid="alerts-looked">
      {log === "written"
        ? `Looked at ${counted(entries, "entry", "entries")} of the log on ${formatDate(at)}, for what was so since ${formatDate(from)}.`
        : `The log is ${log === "stopped" ? "off" : "empty"}: the rules over it see nothing of what is done.`}
    </p>
  );
}

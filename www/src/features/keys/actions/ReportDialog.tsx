import type { DestructionReport, RevocationReport } from "strongroom";
import { Dialog } from "../../../ui/Dialog";
import { counted, formatDate } from "../../../ui/format";
import { Warning } from "../../../ui/Warning";
import { Dependents } from "../dependents/Dependents";
import type { KeysModel } from "../model";
import { targetOf } from "./key-actions";
import styles from "./ReportDialog.module.css";

/** The outcome of a revocation or a destruction, and what can be done about it. */
export function ReportDialog({ keys }: { keys: KeysModel }) {
  const { report } = keys.actions;
  if (!report) return null;
  const { about, action } = report;
  const close = () => keys.actions.closeReport();
  const target = targetOf(action);
  if (about === "revoked") {
    return (
      <Dialog id="report" title={`What ${target} still opens`} close={close}>
        <Revoked
          keys={keys}
          report={report.report}
          unreplaced={report.unreplaced}
          version={action.version?.id ?? action.key.primary}
        />
      </Dialog>
    );
  }
  const title =
    action.name === "scheduleDestroy" ? `What depends on ${target} until then` : `What remains of ${target}`;
  return (
    <Dialog id="report" title={title} close={close}>
      <Destroyed report={report.report} />
    </Dialog>
  );
}

interface RevokedProps {
  keys: KeysModel;
  report: RevocationReport;
  /** Why there is no new version, in sentences. */
  unreplaced: string | undefined;
  version: string;
}

function Revoked({ keys, report, unreplaced, version }: RevokedProps) {
  return (
    <>
      {unreplaced && (
        <Warning testid="report-unreplaced">
          <p>{unreplaced}</p>
        </Warning>
      )}
      <h3 class={styles.title}>What can still be read</h3>
      <Sentences list={report.readable} />
      {report.objects > 0 && <Dependents keys={keys} version={version} />}
    </>
  );
}

function Destroyed({ report: { objects, backups, remains } }: { report: DestructionReport }) {
  return (
    <>
      <p data-testid="report-objects">
        {objects === 0
          ? "No file in the vault's inventory depends on it."
          : `${counted(objects, "file")} in the vault's inventory ${objects === 1 ? "depends" : "depend"} on it.`}
      </p>
      {backups.length > 0 && (
        <>
          <p>{backups.length === 1 ? "A backup contains it:" : `${backups.length} backups contain it:`}</p>
          <ul class={styles.sentences} data-testid="report-backups">
            {backups.map(({ id, at }) => (
              <li key={id}>saved on {formatDate(at)}</li>
            ))}
          </ul>
        </>
      )}
      <Sentences list={remains} />
    </>
  );
}

function Sentences({ list }: { list: readonly { code: string; message: string }[] }) {
  if (list.length === 0) return null;
  return (
    <ul class={styles.sentences} data-testid="report-sentences">
      {list.map(({ code, message }) => (
        <li key={code}>{message}</li>
      ))}
    </ul>
  );
}

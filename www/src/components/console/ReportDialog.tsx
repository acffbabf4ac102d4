import type { DestructionReport, RevocationReport } from "strongroom";
import { whatOf } from "../../deeds";
import { report } from "../../doing";
import { formatDate } from "../../format";
import { counted } from "../../time";
import { Dialog } from "../Dialog";
import { Dependents } from "./Dependents";

/** What a revocation or a destruction left, and what can be done about it. */
export function ReportDialog() {
  const { value } = report;
  if (!value) return null;
  const close = () => (report.value = undefined);
  const what = whatOf(value.deed);
  if (value.about === "revoked") {
    return (
      <Dialog id="report" title={`What ${what} still opens`} close={close}>
        <Revoked of={value.report} from={value.deed.version?.id ?? value.deed.key.primary} />
      </Dialog>
    );
  }
  const scheduled = value.deed.verb === "scheduleDestroy";
  return (
    <Dialog id="report" title={scheduled ? `What holds ${what} until then` : `What is left of ${what}`} close={close}>
      <Destroyed of={value.report} />
    </Dialog>
  );
}

function Revoked({ of, from }: { of: RevocationReport; from: string }) {
  return (
    <>
      <h3>What can still be read</h3>
      <Sentences of={of.readable} />
      {of.objects > 0 && <Dependents of={of.key.id} version={from} />}
    </>
  );
}

function Destroyed({ of: { objects, backups, remains } }: { of: DestructionReport }) {
  return (
    <>
      <p data-testid="report-objects">
        {objects === 0
          ? "No file in the vault's inventory depends on it."
          : `${counted(objects, "file")} of the vault's inventory ${objects === 1 ? "depends" : "depend"} on it.`}
      </p>
      {backups.length > 0 && (
        <>
          <p>{backups.length === 1 ? "A backup holds it:" : `${backups.length} backups hold it:`}</p>
          <ul class="sentences" data-testid="report-backups">
            {backups.map(({ id, at }) => (
              <li key={id}>made on {formatDate(at)}</li>
            ))}
          </ul>
        </>
      )}
      <Sentences of={remains} />
    </>
  );
}

function Sentences({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <ul class="sentences" data-testid="report-sentences">
      {of.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

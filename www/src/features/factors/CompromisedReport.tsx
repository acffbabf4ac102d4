import { useState } from "preact/hooks";
import type { FactorInfo } from "strongroom";
import { Button, ButtonGroup } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Fact, Facts } from "../../ui/Facts";
import { counted, formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import styles from "./CompromisedReport.module.css";
import { FactorTitle } from "./FactorTable";
import { kindName, titleOf } from "./labels";
import type { FactorsModel } from "./model";
import { PresentFactor } from "./PresentFactor";

interface Props {
  factors: FactorsModel;
  /** Begins to revoke another one. */
  revoke: (factor: FactorInfo) => void;
}

/** What a compromised revocation has made anew, and what remains to be presented. */
export function CompromisedReport({ factors, revoke }: Props) {
  const { report } = factors;
  if (!report) return null;
  return (
    <Dialog id="compromised-report" title="Revoked as compromised" close={() => factors.closeReport()}>
      <p class={text.lead}>
        {counted(report.versions, "version")} of keys marked as compromised; {counted(report.keys, "key")} with a new version.
        The vault has a new identity. Note it down outside this browser:
      </p>
      <Facts testid="new-identity">
        <Fact name="Identity">
          <code>{report.identity}</code>
        </Fact>
      </Facts>
      <Remaining factors={factors} report={report.remaining} revoke={revoke} />
    </Dialog>
  );
}

function Remaining({ factors, report, revoke }: Props & { report: readonly FactorInfo[] }) {
  const [open, setOpen] = useState<string>();
  const waiting = factors.unpinned;
  if (report.length === 0) return <p>Nothing else opens the vault than what you confirmed this with.</p>;
  const begin = (factor: FactorInfo) => {
    factors.closeReport();
    revoke(factor);
  };
  return (
    <>
      <h3 class={styles.title}>Do you know all of these?</h3>
      <p class={text.hint}>
        Whoever had the revoked one may have added one of their own. Revoke what you do not know, and present each other one
        once, now: it then knows the new identity.
      </p>
      <ul class={styles.list}>
        {report.map((one) => {
          const left = waiting.some(({ id }) => id === one.id);
          return (
            <li key={one.id} data-testid="remaining" data-kind={one.kind} data-pinned={String(!left)}>
              <p>
                <FactorTitle of={one} />
                <span class={text.hint}>
                  {kindName(one.kind)}, added {one.added === undefined ? "with the vault" : `on ${formatDate(one.added)}`}
                </span>
              </p>
              {!left && <p class={styles.done}>It knows the new identity.</p>}
              {left && open === one.id && <PresentFactor factors={factors} of={one} done={() => setOpen(undefined)} />}
              {left && open !== one.id && (
                <ButtonGroup>
                  <Button testid="remaining-present" kind="accent" label={`Present ${titleOf(one)}`} act={() => setOpen(one.id)}>
                    Present
                  </Button>
                  <Button testid="remaining-revoke" kind="danger" label={`Revoke ${titleOf(one)}`} act={() => begin(one)}>
                    Revoke
                  </Button>
                </ButtonGroup>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

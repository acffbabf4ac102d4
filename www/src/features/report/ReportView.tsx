import { useState } from "preact/hooks";
import { addressOf } from "../../app/route";
import type { Session } from "../../app/session";
import { Button, ButtonGroup } from "../../ui/Button";
import { Check, DayField } from "../../ui/fields";
import { counted } from "../../ui/format";
import { Form } from "../../ui/Form";
import { printDocument } from "../../ui/print-document";
import { Progress } from "../../ui/Progress";
import { saveAs } from "../../ui/save";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { askedOf, dayOf, writeReport, type AskedReport, type WrittenReport } from "./model";
import { ReportSheet } from "./ReportSheet";
import styles from "./ReportView.module.css";

const YEAR = 365 * 24 * 60 * 60 * 1000;

/** Evidence of how the keys are managed: asked for, looked at, saved and printed. */
export function ReportView({ session: { vault } }: { session: Session }) {
  const [written, setWritten] = useState<WrittenReport>();
  const [asked, setAsked] = useState<AskedReport>(() => ({ from: dayOf(Date.now() - YEAR), to: dayOf(Date.now()), names: true, reasons: false }));
  const [progress, setProgress] = useState<{ done: number; total: number | undefined }>();
  const signal = useAbort();
  const write = async (values: FormData) => {
    setWritten(undefined);
    const chosen = askedOf(values);
    // The form goes back to what was asked for last.
    setAsked(chosen);
    try {
      setWritten(await writeReport(vault, chosen, signal, setProgress));
    } finally {
      setProgress(undefined);
    }
  };
  return (
    <>
      <header class={styles.head}>
        <h2 id="console-title" tabIndex={-1}>
          Report for auditors
        </h2>
        <a class={text.link} href={addressOf.keys}>
          Back to the keys
        </a>
      </header>
      <p class={text.lead}>
        How the keys of this vault are managed, from generating to destroying them, with what each line speaks to: DORA, NIST SP 800-57, PCI DSS,
        HIPAA, SOC 2, ISO 27001. It is evidence, and no certification.
      </p>
      <div class={styles.form}>
        <Form id="report-form" submit="Write the report" busy="Reading keys and log…" act={write}>
          <div class={styles.days}>
            <DayField id="report-from" name="from" label="First day" value={asked.from} />
            <DayField id="report-to" name="to" label="Last day" value={asked.to} />
          </div>
          <Check id="report-names" name="names" label="Names of keys, factors and the vault" hint="Otherwise ids stand in their place." checked={asked.names} />
          <Check id="report-reasons" name="reasons" label="Reasons that were given for changes of keys" checked={asked.reasons} />
        </Form>
        {progress && (
          <Progress
            id="report"
            name="Read"
            value={progress.done}
            max={progress.total ?? progress.done * 2}
            text={progress.total === undefined ? counted(progress.done, "key") : `${progress.done} of ${progress.total}`}
          />
        )}
      </div>
      {written && <Written report={written} />}
    </>
  );
}

function Written({ report }: { report: WrittenReport }) {
  const { document, json, page, source, name } = report;
  const lines = document.sections.flatMap((section) => section.lines);
  const whole = lines.filter(({ limits }) => limits.length === 0).length;
  return (
    <section class={styles.written} aria-labelledby="report-title" data-testid="report">
      <h3 id="report-title">What was written</h3>
      <p role="status" data-testid="report-status">
        {whole === lines.length
          ? `All of the ${lines.length} lines were looked at whole.`
          : `${whole} of the ${lines.length} lines were looked at whole.`}
      </p>
      {document.limits.length > 0 && (
        <ul class={styles.limits}>
          {document.limits.map(({ id, code, message }) => (
            <li key={id} data-testid="report-limit" data-code={code}>
              {message}
            </li>
          ))}
        </ul>
      )}
      <ButtonGroup fill>
        <Button id="report-page" kind="main" act={() => saveAs(page, `${name}.html`)}>
          Save the page
        </Button>
        <Button id="report-json" act={() => saveAs(json, `${name}.json`)}>
          Save as JSON
        </Button>
        <Button id="report-print" act={() => printDocument(source)}>
          Print
        </Button>
      </ButtonGroup>
      <ReportSheet source={source} />
    </section>
  );
}

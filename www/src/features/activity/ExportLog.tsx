import { useState } from "preact/hooks";
import type { AuditFormat, Progress as Done } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Check, Radios } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { formatCount } from "../../ui/format";
import { Progress } from "../../ui/Progress";
import { useAbort } from "../../ui/use-abort";
import { selectionOf, type ActivityModel } from "./model";
import { isNarrowed, type ActivityQuery } from "./query";

const FORMATS: readonly { value: AuditFormat; name: string; about: string }[] = [
  { value: "jsonl", name: "JSON Lines", about: "An entry in each line, as the package has it." },
  { value: "ocsf", name: "OCSF", about: "Events of the Open Cybersecurity Schema Framework, for a SIEM or a data lake." },
  { value: "csv", name: "CSV", about: "A table for a spreadsheet. What a spreadsheet would run has an apostrophe before it." },
  { value: "cef", name: "CEF", about: "ArcSight’s Common Event Format." },
];

interface Props {
  model: ActivityModel;
  query: ActivityQuery;
  close: () => void;
}

/** Saves the log as a file, or what the filters show of it. Closing the dialog stops it. */
export function ExportLog({ model, query, close }: Props) {
  const [progress, setProgress] = useState<Done>();
  const stop = useAbort();
  const filters: ActivityQuery = { ...query, entries: undefined };
  const narrowed = isNarrowed(filters);
  const act = async (values: FormData) => {
    // The page of the log that is shown narrows nothing.
    const selection = values.has("filtered") ? selectionOf(filters) : { log: query.log };
    try {
      const format = String(values.get("format")) as AuditFormat;
      await model.save({ ...selection, format, reasons: values.has("reasons"), signal: stop, onProgress: setProgress });
      close();
    } finally {
      setProgress(undefined);
    }
  };
  return (
    <Dialog id="export-dialog" title="Export the log" close={close}>
      <Form id="export-form" submit="Save" busy="Writing the file…" act={act}>
        <Radios name="format" legend="Format" options={FORMATS} />
        {narrowed && <Check id="export-filtered" name="filtered" label="Only what the filters show" checked />}
        <Check
          id="export-reasons"
          name="reasons"
          label="With the reasons that were given"
          hint="Those are people’s words, and can say more than is meant for others. Keys, files and factors are named by their IDs in any case."
        />
        {progress && (
          <Progress
            id="exported"
            name="Entries"
            value={progress.done}
            max={progress.total ?? progress.done}
            text={formatCount(progress.done)}
          />
        )}
      </Form>
    </Dialog>
  );
}

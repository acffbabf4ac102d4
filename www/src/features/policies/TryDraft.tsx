import { useState } from "preact/hooks";
import { IntegrityError, type PolicyTrial, type VaultKey } from "strongroom";
import { explain } from "../../app/explain";
import { Button } from "../../ui/Button";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { draftOf } from "./form";
import { TrialReport } from "./TrialReport";
import type { AnyOperation } from "./words";

/** What came of it: a report, or why there is none. */
type Tried = { draft: number; report: PolicyTrial } | { draft: number; problem: string };

interface Props {
  of: VaultKey;
  /** The form that has the draft, by its id. */
  form: string;
  operations: readonly AnyOperation[];
  /** Another number after each change of the draft: a report of an earlier one is not shown. */
  draft: number;
  /** The same, of this moment: leaving a field can change the draft in the very click that tries it. */
  latest: () => number;
}

/** Holds the draft in a form against what was done with the key. */
export function TryDraft({ of, form, operations, draft, latest }: Props) {
  const [tried, setTried] = useState<Tried>();
  const stop = useAbort();
  const act = async () => {
    const fields = document.getElementById(form) as HTMLFormElement;
    if (!fields.reportValidity()) return;
    const now = latest();
    try {
      setTried({ draft: now, report: await of.tryPolicy(draftOf(new FormData(fields), operations) ?? {}, { signal: stop }) });
    } catch (error) {
      if (stop.aborted) return;
      setTried({ draft: now, problem: problemOf(error) });
    }
  };
  const current = tried?.draft === draft ? tried : undefined;
  return (
    <div>
      <Button id="try-policy" kind="accent" act={act}>
        What would this refuse?
      </Button>
      <div role="status">
        {current && ("report" in current ? <TrialReport of={current.report} /> : <p class={text.problem} data-testid="trial-problem">{current.problem}</p>)}
      </div>
    </div>
  );
}

function problemOf(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof IntegrityError) return "Entries of the log are missing, or were changed from outside. Verify it under “Activity”.";
  return explain(error);
}

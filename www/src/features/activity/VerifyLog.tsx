import { useState } from "preact/hooks";
import { ArgumentError, DecryptError, MalformedError, type AuditVerification } from "strongroom";
import { addressOf, goTo } from "../../app/route";
import { Button, ButtonGroup } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FileField } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { formatCount } from "../../ui/format";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import type { ActivityModel } from "./model";
import { verified } from "./verified";
import styles from "./VerifyLog.module.css";

/** A checkpoint has a few hundred bytes. */
const MOST_BYTES = 64 * 1024;

const NO_CHECKPOINT = "This file is no checkpoint of a log.";

interface Found {
  result: AuditVerification;
  /** Whether it was held against a checkpoint. */
  held: boolean;
}

/** Reads the whole log, and says whether it is what the vault accounts for. */
export function VerifyLog({ model, close }: { model: ActivityModel; close: () => void }) {
  const [found, setFound] = useState<Found>();
  return (
    <Dialog id="verify-dialog" title="Verify the log" close={close}>
      {found ? <Result model={model} of={found} close={close} /> : <Ask model={model} done={setFound} />}
    </Dialog>
  );
}

function Ask({ model, done }: { model: ActivityModel; done: (found: Found) => void }) {
  const stop = useAbort();
  const act = async (values: FormData) => {
    const file = values.get("checkpoint");
    const note = file instanceof File && file.size > 0 ? await noteIn(file) : undefined;
    try {
      done({ result: await model.verify(note, stop), held: note !== undefined });
    } catch (error) {
      const problem = note === undefined ? undefined : aboutCheckpoint(error);
      throw problem ? new Problem(problem, "checkpoint") : error;
    }
  };
  return (
    <>
      <p class={text.lead}>
        Reads each entry, and looks whether it is as it was written, in its place, and one of those that the vault accounts for.
      </p>
      <Form id="verify-form" submit="Verify" busy="Reading the whole log…" act={act}>
        <FileField
          id="verify-checkpoint"
          name="checkpoint"
          label="A checkpoint that you kept, if you have one"
          hint="Only a checkpoint from outside this browser tells whether the vault was set back as a whole, together with its log."
          optional
        />
      </Form>
    </>
  );
}

async function noteIn(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw new Problem(NO_CHECKPOINT, "checkpoint");
  return file.text();
}

function aboutCheckpoint(error: unknown): string | undefined {
  if (error instanceof ArgumentError) return "This checkpoint is of none of this vault’s logs.";
  if (error instanceof DecryptError) return "This checkpoint was changed, or is of another vault.";
  return error instanceof MalformedError ? NO_CHECKPOINT : undefined;
}

function Result({ model, of: { result, held }, close }: { model: ActivityModel; of: Found; close: () => void }) {
  const { headline, sentences } = verified(result, held, model.state?.log);
  const { fault, intact, log } = result;
  const showIntact = () => {
    close();
    goTo(addressOf.activity({ before: intact, log: log === model.state?.log ? undefined : log }));
  };
  return (
    <div
      class={styles.result}
      role="status"
      tabIndex={-1}
      ref={(element) => element?.focus()}
      data-testid="verified"
      data-fault={fault ?? "none"}
      data-intact={intact}
    >
      <p class={fault ? styles.broken : styles.whole}>{headline}</p>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <ButtonGroup>
        {fault ? (
          intact > 0 && (
            <Button id="show-intact" act={showIntact}>
              Show the first {formatCount(intact)}
            </Button>
          )
        ) : (
          <Button id="save-checkpoint" kind="main" act={() => model.saveCheckpoint()}>
            Save a checkpoint
          </Button>
        )}
      </ButtonGroup>
    </div>
  );
}

import { useState } from "preact/hooks";
import { ArgumentError, IntegrityError, type MergeReport, type PresentedFactor, type Progress as Done } from "strongroom";
import type { Session } from "../../app/session";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FileField } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { Problem } from "../../ui/problem";
import { Progress } from "../../ui/Progress";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { usable } from "../factors/available";
import { ASKED } from "../factors/labels";
import { PresentFields } from "../factors/present";
import { TwoNeeded } from "../factors/TwoNeeded";
import { useAsked } from "../factors/use-asked";
import styles from "./MergeBackup.module.css";
import { mergeSentences } from "./merge-sentences";

interface Props {
  session: Session;
  close: () => void;
}

/** Takes what a backup of this vault has more into it. */
export function MergeBackup({ session, close }: Props) {
  const [report, setReport] = useState<MergeReport>();
  return (
    <Dialog id="merge-backup" title={report ? "The backup is merged" : "Merge a backup"} close={close}>
      {report ? <Report of={report} close={close} /> : <Ask session={session} done={setReport} />}
    </Dialog>
  );
}

function Ask({ session: { vault, keys, files }, done }: { session: Session; done: (report: MergeReport) => void }) {
  /** Whether the backup is of another vault key, and needs what opened the vault then. */
  const [older, setOlder] = useState(false);
  /** What it took then is not what it takes now. */
  const { both, tell, present } = useAsked();
  const [progress, setProgress] = useState<Done>();
  const [stop, setStop] = useState<AbortController>();
  const ended = useAbort();
  const merged = async (file: File, factor: PresentedFactor | undefined) => {
    const controller = new AbortController();
    setStop(controller);
    try {
      const signal = AbortSignal.any([ended, controller.signal]);
      return await vault.merge(file, { factor, signal, onProgress: setProgress });
    } finally {
      setStop(undefined);
      setProgress(undefined);
      // An abort may have come too late.
      await Promise.all([keys.refresh(), files.refresh()]);
    }
  };
  const merge = async (file: File, factor: PresentedFactor | undefined) => {
    try {
      done(await merged(file, factor));
    } catch (error) {
      if (error instanceof IntegrityError) throw new Problem(FOREIGN, "backup");
      if (!(error instanceof ArgumentError)) throw error;
      if (factor) throw new Problem(LATER, "backup");
      // The form is not busy any more: nobody types into one that takes nothing.
      setOlder(true);
      throw new Problem("This backup is from before the vault key was changed. Say what opened the vault then.", "backup");
    }
  };
  const act = async (values: FormData) => {
    const file = values.get("backup") as File;
    await (older ? present(values, (factor) => merge(file, factor)) : merge(file, undefined));
  };
  const another = () => {
    setOlder(false);
    tell(false);
  };
  return (
    <Form id="merge-form" submit="Merge" busy="Merging…" act={act}>
      <p class={text.lead}>
        A backup of another copy of “{vault.name}”, such as the one on another device. What that has more is added; what was
        revoked, destroyed or deleted in either copy stays so, and nothing else is taken away.
      </p>
      <FileField id="merge-file" name="backup" label="Backup" onChange={another} />
      {older && both && <TwoNeeded />}
      {older && <PresentFields id="merge" kinds={usable(ASKED)} both={both} label="Passphrase of that time" />}
      {progress && (
        <Progress
          id="merged"
          name="Records"
          value={progress.done}
          max={progress.total ?? 0}
          text={`${progress.done} of ${progress.total}`}
        />
      )}
      {stop && (
        <p class={styles.stop}>
          <Button id="merge-stop" act={() => stop.abort()}>
            Cancel
          </Button>
        </p>
      )}
    </Form>
  );
}

const FOREIGN = "This is a backup of another vault, or it was changed. Choose another one.";

const LATER =
  "This backup is of a later vault key than this copy has. Restore it beside this vault, and merge a backup of this one into it.";

function Report({ of: report, close }: { of: MergeReport; close: () => void }) {
  const { lead, done, left } = mergeSentences(report);
  return (
    <div data-testid="merge-report" data-proven={String(report.proven)}>
      <p class={text.lead}>{lead}</p>
      <Sentences list={done} />
      {left.length > 0 && (
        <>
          <h3 class={styles.title}>Left where it was</h3>
          <Sentences list={left} />
        </>
      )}
      <Button id="merge-done" kind="main" act={close}>
        Done
      </Button>
    </div>
  );
}

const Sentences = ({ list }: { list: readonly string[] }) => (
  <ul class={styles.list}>
    {list.map((sentence) => (
      <li key={sentence}>{sentence}</li>
    ))}
  </ul>
);

import { useState } from "preact/hooks";
import type { VaultKey } from "strongroom";
import { Button } from "../../../ui/Button";
import { Choice } from "../../../ui/fields";
import { counted, formatCount } from "../../../ui/format";
import { Progress } from "../../../ui/Progress";
import text from "../../../ui/text.module.css";
import type { KeysModel } from "../model";
import { protectingVersion, type Version } from "../versions";
import styles from "./Remedies.module.css";
import type { RewrapJob } from "./rewrap-job";

interface Props {
  keys: KeysModel;
  of: VaultKey;
  version: Version;
  /** How many files it opens. */
  total: number;
}

/** Two ways to bring files under another version, with what each does and does not do. */
export function Remedies({ keys, of, version, total }: Props) {
  const [chosen, setChosen] = useState("");
  const job = keys.rewrapJob?.version === version.id ? keys.rewrapJob : undefined;
  const targets = targetsOf(keys, of, version);
  const target = targets.find(([id]) => id === chosen) ?? targets[0];
  if (total === 0) return job ? <Job job={job} /> : null;
  if (!version.can("open")) {
    return <p class={text.hint}>They do not open while the version is in this state.</p>;
  }
  if (!target) return <NoTarget isPrimary={version.id === of.primary && version.state === "active"} />;
  const [to, name] = target;
  const busy = job?.state === "running" || keys.files.isTransferring;
  return (
    <div class={styles.remedies}>
      {targets.length > 1 && (
        <Choice id="target" name="target" label="Move to" value={to} options={targets} onChange={setChosen} />
      )}
      <section aria-labelledby="move-title">
        <h5 id="move-title">Move to {name}</h5>
        <p class={text.hint}>
          Rewraps each file's own key and replaces its header in the store, a few hundred bytes. The old version
          then no longer opens them. Anyone who has opened a file before, or kept an old header, still can.
        </p>
        <Button id="move-files" kind="main" off={busy} act={() => keys.rewrap(version.id, to)}>
          Move {counted(total, "file")}
        </Button>
        {job && <Job job={job} />}
      </section>
      <section aria-labelledby="reencrypt-title">
        <h5 id="reencrypt-title">Re-encrypt</h5>
        <p class={text.hint}>
          Downloads each file, encrypts it under a new key of its own, uploads it and deletes the old one. Old
          keys and headers do not open the new file. Copies of the old file stay readable to anyone who has them.
        </p>
        <Button id="reencrypt" off={busy} act={() => keys.reencrypt(version.id, to)}>
          Re-encrypt {counted(total, "file")}
        </Button>
      </section>
    </div>
  );
}

function NoTarget({ isPrimary }: { isPrimary: boolean }) {
  return isPrimary ? (
    <p class={text.hint}>They are under the primary version. Rotate the key to move them to a new one.</p>
  ) : (
    <p class={text.problem}>No other version is active. Rotate the key, then move them to the new version.</p>
  );
}

function Job({ job }: { job: RewrapJob }) {
  const { done, total, state, outcome } = job;
  return (
    <div class={styles.job} data-testid="moving" data-state={state}>
      {state === "running" && (
        <>
          <Progress
            id="moved"
            name="Moved"
            value={done}
            max={total}
            text={`${formatCount(done)} of ${formatCount(total)}`}
          />
          <Button id="stop-moving" act={() => job.stop()}>
            Stop
          </Button>
        </>
      )}
      <p role="status" class={state === "stopped" ? text.problem : text.hint} data-testid="moving-sentence">
        {outcome}
      </p>
    </div>
  );
}

/** Where files can be moved: the key's own primary version first, then other keys. */
function targetsOf(keys: KeysModel, of: VaultKey, version: Version): (readonly [id: string, name: string])[] {
  const own = protectingVersion(of);
  const others = (keys.choice.offered ?? []).filter(({ id }) => id !== of.id);
  return [
    ...(own && own.id !== version.id ? [[of.id, `version ${own.number}`] as const] : []),
    ...others.map(({ id, alias }) => [id, `“${alias}”`] as const),
  ];
}

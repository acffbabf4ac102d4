import { useEffect, useState } from "preact/hooks";
import type { ObjectPage, TrackedObject } from "strongroom";
import { report } from "../../doing";
import { encryptAnew } from "../../files";
import { formatCount, formatSize } from "../../format";
import { forget } from "../../inventory";
import { moveFiles, moving, type Moving } from "../../moving";
import { opens, primaryOf, protecting, show, showAgain, shown, type Version } from "../../shown";
import { keys, objects, opened, tellError, vault, type Key } from "../../state";
import { counted } from "../../time";
import { overall } from "../../transfers";
import { Button } from "../Button";
import { Choice } from "../Form";

/** Files of a page of the list. */
const PAGE = 10;

/** Files that fit without scrolling, on a phone too. */
const FITTING = 5;

interface Props {
  /** The key's id. */
  of: string;
  /** The version's. */
  version: string;
}

/** The files that a version opens, and how they are brought under another one. */
export function Dependents({ of, version }: Props) {
  const [page, setPage] = useState<ObjectPage>();
  const [limit, setLimit] = useState(PAGE);
  const state = shown.value;
  useEffect(() => {
    vault.value?.objects.page({ key: of, version, limit }).then(setPage, tellError);
  }, [of, version, limit, state]);
  if (typeof state !== "object" || !page) return <p class="hint">Reading what depends on it…</p>;
  const looked = state.key.versions.find(({ id }) => id === version) ?? primaryOf(state.key);
  const { total, objects: under } = page;
  return (
    <div class="dependents" data-testid="dependents" data-total={total}>
      <h4>{counted(total, "file")} under version {looked.number}</h4>
      <ul class="files" aria-label="Files" tabIndex={under.length > FITTING ? 0 : undefined}>
        {under.map((object) => (
          <File key={object.id} object={object} />
        ))}
      </ul>
      {total > under.length && (
        <Button id="more-dependents" act={() => setLimit(limit + 10 * PAGE)}>
          Show more of them
        </Button>
      )}
      <Remedies of={state.key} version={looked} total={total} />
    </div>
  );
}

function File({ object: { id, location = "", size } }: { object: TrackedObject }) {
  const known = opened.value.get(location);
  const name = known?.kind === "open" ? known.metadata.name : known?.name;
  const lost = objects.value !== undefined && !objects.value.some(({ key }) => key === location);
  const strike = async () => {
    if (vault.value) await forget(vault.value, id);
    await showAgain();
  };
  return (
    <li data-testid="dependent" data-name={name}>
      <span class="name">{name ? <bdi>{name}</bdi> : <code>{location || id}</code>}</span>
      <span class="hint">{lost ? "not in the store any more" : size !== undefined && formatSize(size)}</span>
      {lost && (
        <Button testid="forget-object" label={`Forget ${name ?? location}`} act={strike}>
          Forget
        </Button>
      )}
    </li>
  );
}

/** Both ways, each with what it does and what it does not. */
function Remedies({ of, version, total }: { of: Key; version: Version; total: number }) {
  const [to, setTo] = useState("");
  const run = moving.value?.version === version.id ? moving.value : undefined;
  const targets = targetsOf(of, version);
  const target = targets.find(([id]) => id === to) ?? targets[0];
  if (total === 0) return run ? <Progress of={run} /> : null;
  if (!opens(version)) {
    return <p class="hint">They do not open while the version is in this state.</p>;
  }
  if (!target) {
    return version.id === of.primary && version.state === "active" ? (
      <p class="hint">They are under the primary version, as they should be. Rotate the key to move them on.</p>
    ) : (
      <p class="problem">No other version is active. Rotate the key: then they can be moved to the new version.</p>
    );
  }
  const [id, name] = target;
  const busy = run?.state.value === "running" || overall.value.files > 0;
  return (
    <div class="remedies">
      {targets.length > 1 && (
        <Choice id="target" name="target" label="Bring them under" value={id} options={targets} onChange={setTo} />
      )}
      <section aria-labelledby="move-title">
        <h5 id="move-title">Move them to {name}</h5>
        <p class="hint">
          Wraps each file's own key anew and replaces its header in the store, some hundred bytes. Then the old
          version opens them no longer; but whoever has opened one, or kept an old header, still can.
        </p>
        <Button id="move-files" kind="main" off={busy} act={() => moveFiles({ key: of.id, version: version.id }, id)}>
          Move {counted(total, "file")}
        </Button>
        {run && <Progress of={run} />}
      </section>
      <section aria-labelledby="anew-title">
        <h5 id="anew-title">Encrypt them anew</h5>
        <p class="hint">
          Downloads every file, encrypts it under a new key of its own, uploads it and removes the old one. Ends that
          too; copies that somebody has made of the old ones stay readable to them.
        </p>
        <Button id="encrypt-anew" off={busy} act={() => anew(of, version, id)}>
          Encrypt {counted(total, "file")} anew
        </Button>
      </section>
    </div>
  );
}

function Progress({ of: { total, done, state, sentence, stop } }: { of: Moving }) {
  const running = state.value === "running";
  return (
    <div class="moving" data-testid="moving" data-state={state.value}>
      {running && (
        <>
          <label class="bar">
            <span>
              Moved <span>{formatCount(done.value)} of {formatCount(total)}</span>
            </span>
            <progress max={Math.max(1, total)} value={done.value} data-testid="progress-moved" />
          </label>
          <Button id="stop-moving" act={stop}>
            Stop
          </Button>
        </>
      )}
      <p role="status" class={state.value === "stopped" ? "problem" : "hint"} data-testid="moving-sentence">
        {sentence.value}
      </p>
    </div>
  );
}

/** Where files can be brought: the key's own primary version first, then other keys. */
function targetsOf(of: Key, version: Version): (readonly [id: string, name: string])[] {
  const own = protecting(of);
  const others = (keys.value ?? []).filter(({ id }) => id !== of.id);
  return [
    ...(own && own.id !== version.id ? [[of.id, `version ${own.number}`] as const] : []),
    ...others.map(({ id, alias }) => [id, `“${alias}”`] as const),
  ];
}

/** All files of the version that the store still has. */
async function anew(of: Key, version: Version, to: string): Promise<void> {
  const under = await vault.value?.objects.list({ key: of.id, version: version.id });
  const locations = new Set(under?.map(({ location }) => location));
  // How far it is is told on the page, below what asked for it.
  report.value = undefined;
  encryptAnew((objects.value ?? []).filter(({ key }) => locations.has(key)), to);
  await show(of.id);
}

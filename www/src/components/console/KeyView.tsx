import { useEffect, useState } from "preact/hooks";
import { considered, nameOf, verbsOfKey } from "../../deeds";
import { endSession } from "../../doing";
import { abbreviate, formatCount, formatDate } from "../../format";
import { addressOf } from "../../route";
import { primaryOf, show, shown, showAgain, type Shown } from "../../shown";
import { tellError, type Key } from "../../state";
import { formatPeriod, formatUntil } from "../../time";
import { PURPOSES } from "../../words";
import { Button } from "../Button";
import { EditKey } from "./EditKey";
import { Labels } from "./KeyList";
import { StateName } from "./States";
import { TimeLine } from "./TimeLine";
import { Versions } from "./Versions";
import { VersionView } from "./VersionView";

/** How often the page is looked at anew, in ms: use counts are written about as often. */
const AGAIN = 10_000;

/** One key: what it is, its versions and their lives, and what can be done. */
export function KeyView({ id, version }: { id: string; version: number | undefined }) {
  useEffect(() => {
    show(id).catch(tellError);
    const timer = setInterval(() => showAgain().catch(tellError), AGAIN);
    return () => clearInterval(timer);
  }, [id]);
  const { value } = shown;
  return (
    <>
      <p class="trail">
        <a class="back" href={addressOf.keys} data-testid="all-keys">
          All keys
        </a>
      </p>
      {value === "missing" ? (
        <>
          <h2 id="console-title">No such key</h2>
          <p class="empty">This vault has no key of that id. It may be in another vault, or was in memory alone.</p>
        </>
      ) : value?.key.id === id ? (
        <Page of={value} version={version} />
      ) : (
        <>
          <h2 id="console-title">Key</h2>
          <p class="empty">Reading the key…</p>
        </>
      )}
    </>
  );
}

function Page({ of: { key, dependents, now }, version }: { of: Shown; version: number | undefined }) {
  const selected = key.versions.find(({ number }) => number === version) ?? primaryOf(key);
  return (
    <article data-testid="key-page" data-alias={key.alias}>
      <Head of={key} />
      <section aria-labelledby="versions-title">
        <h3 id="versions-title">Versions</h3>
        <TimeLine of={key} now={now} selected={selected.number} />
        <Versions of={key} dependents={dependents} selected={selected.number} />
      </section>
      <VersionView
        key={selected.id}
        of={key}
        version={selected}
        dependents={dependents.get(selected.id) ?? 0}
      />
    </article>
  );
}

function Head({ of }: { of: Key }) {
  const [editing, setEditing] = useState(false);
  const { alias, state, purpose, session } = of;
  const consider = (verb: ReturnType<typeof verbsOfKey>[number]) => () => {
    considered.value = { verb, key: of, version: undefined };
  };
  return (
    <header class="key-head">
      <div class="key-title">
        <h2 id="console-title" tabIndex={-1}>
          <bdi>{alias}</bdi>
        </h2>
        <StateName state={state} />
        <span class="hint">{PURPOSES[purpose].about}</span>
      </div>
      <Facts of={of} />
      <div class="row-actions">
        {verbsOfKey(of).map((verb) => {
          const { button, grave } = nameOf({ verb, version: undefined });
          const kind = verb === "rotate" ? "main" : grave ? "danger" : "quiet";
          return (
            <Button key={verb} id={`key-${verb}`} kind={kind} act={consider(verb)}>
              {verb === "scheduleDestroy" ? "Schedule its destruction" : button}
            </Button>
          );
        })}
        {session && (
          <Button id="key-end" kind="danger" act={() => endSession(of)}>
            End it now
          </Button>
        )}
        {!session && (
          <Button id="key-edit" act={() => setEditing(true)}>
            Edit
          </Button>
        )}
      </div>
      {editing && <EditKey of={of} close={() => setEditing(false)} />}
    </header>
  );
}

function Facts({ of: { id, created, due, rotateEvery, uses, lastUsed, labels, expires } }: { of: Key }) {
  return (
    <dl class="key-facts">
      <Fact name="Made">{formatDate(created)}</Fact>
      <Fact name="Next rotation">
        {due ? (
          <span title={formatDate(due)}>{formatUntil(due)}</span>
        ) : rotateEvery ? (
          "paused: no version is active"
        ) : (
          "by hand"
        )}
        {rotateEvery && <span class="hint"> every {formatPeriod(rotateEvery)}</span>}
      </Fact>
      {expires && <Fact name="Ends">{formatDate(expires)}</Fact>}
      <Fact name="Used">
        <span data-testid="key-uses">{formatCount(uses)}</span> {uses === 1 ? "time" : "times"}
        {lastUsed && <span class="hint"> last {formatDate(lastUsed)}</span>}
      </Fact>
      <Fact name="Id">
        <code title={id}>{abbreviate(id)}</code>
      </Fact>
      {Object.keys(labels).length > 0 && (
        <Fact name="Labels">
          <Labels labels={labels} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

import { useEffect, useState } from "preact/hooks";
import type { Purpose, VersionState } from "strongroom";
import { formatDate, formatCount } from "../../format";
import { ask, page, query, readPage, search, trail, turnBack, turnForward } from "../../keyring";
import { addressOf } from "../../route";
import { primaryOf } from "../../shown";
import { tellError, type Key } from "../../state";
import { formatAge, formatUntil } from "../../time";
import { PURPOSES, STATE_NAMES, STATES } from "../../words";
import { Button } from "../Button";
import { Choice } from "../Form";
import { NewKey } from "./NewKey";
import { StateName } from "./States";
import { Cell, Row, Table } from "./Table";
import { VaultCard } from "./VaultCard";

const COLUMNS = [
  ["Key"],
  ["State"],
  ["Version"],
  ["Age"],
  ["Rotates"],
  ["Uses", "figure"],
] as const;

/** All keys of the vault, page by page. */
export function KeyList() {
  const [making, setMaking] = useState(false);
  useEffect(() => {
    readPage().catch(tellError);
  }, []);
  return (
    <>
      <header class="console-head">
        <h2 id="console-title" tabIndex={-1}>
          Keys
        </h2>
        <Button id="make-key" kind="main" act={() => setMaking(true)}>
          New key
        </Button>
      </header>
      <Filters />
      <Page />
      <VaultCard />
      {making && <NewKey close={() => setMaking(false)} />}
    </>
  );
}

function Filters() {
  const { prefix, state, purpose } = query.value;
  return (
    <form class="filters" role="search" aria-label="Keys" onSubmit={(event) => event.preventDefault()}>
      <p class="field">
        <label for="key-search">Name begins with</label>
        <input
          id="key-search"
          data-testid="key-search"
          type="search"
          autocomplete="off"
          spellcheck={false}
          defaultValue={prefix}
          onInput={({ currentTarget }) => search(currentTarget.value)}
        />
      </p>
      <Choice
        id="key-state"
        name="state"
        label="State"
        value={state}
        options={[["", "any"], ...STATES.map((one) => [one, STATE_NAMES[one]] as const)]}
        onChange={(value) => ask({ state: value as VersionState | "" }).catch(tellError)}
      />
      <Choice
        id="key-purpose"
        name="purpose"
        label="Purpose"
        value={purpose}
        options={[["", "any"], ...Object.entries(PURPOSES).map(([one, { name }]) => [one, name] as const)]}
        onChange={(value) => ask({ purpose: value as Purpose | "" }).catch(tellError)}
      />
    </form>
  );
}

function Page() {
  const { value } = page;
  if (!value) return <p class="empty">Reading the keys…</p>;
  const { prefix, state, purpose } = query.value;
  const narrowed = prefix || state || purpose;
  const { keys, next } = value;
  const pages = trail.value.length;
  return (
    <>
      <p class="unseen" role="status" data-testid="keys-status">
        {formatCount(keys.length)} {keys.length === 1 ? "key" : "keys"}
        {next === undefined ? "" : " on this page, and more on the next"}
      </p>
      {keys.length === 0 ? (
        <p class="empty" data-testid="no-keys">
          {narrowed ? "No key is like that." : "This vault has no keys. Make one to encrypt files with it."}
        </p>
      ) : (
        <Table labelledBy="console-title" testid="keys-table" columns={COLUMNS}>
          {keys.map((key) => (
            <KeyLine key={key.id} of={key} />
          ))}
        </Table>
      )}
      {(pages > 1 || next !== undefined) && (
        <nav class="pager" aria-label="Pages of the list">
          <Button id="keys-back" act={turnBack} off={pages === 1}>
            Back
          </Button>
          <span class="hint">Page {pages}</span>
          <Button id="keys-forward" act={turnForward} off={next === undefined}>
            Next
          </Button>
        </nav>
      )}
    </>
  );
}

function KeyLine({ of }: { of: Key }) {
  const { id, alias, purpose, state, uses, due, rotateEvery } = of;
  const { number, created } = primaryOf(of);
  const title = (
    <>
      <a class="row-link" href={addressOf.key(id)} data-testid="key-link">
        <bdi>{alias}</bdi>
      </a>
      <span class="hint">{PURPOSES[purpose].name}</span>
      <Labels labels={of.labels} />
    </>
  );
  return (
    <Row title={title} data={{ "data-testid": "key-row", "data-alias": alias, "data-state": state }}>
      <Cell of="State">
        <StateName state={state} />
      </Cell>
      <Cell of="Version">{number}</Cell>
      <Cell of="Age" title={`Version ${number} was made on ${formatDate(created)}`}>
        {formatAge(created)}
      </Cell>
      <Cell of="Rotates" title={formatDate(due)}>
        {due ? formatUntil(due) : rotateEvery ? "paused" : "by hand"}
      </Cell>
      <Cell of="Uses" kind="figure">
        {formatCount(uses)}
      </Cell>
    </Row>
  );
}

export function Labels({ labels }: { labels: Key["labels"] }) {
  const all = Object.entries(labels);
  if (all.length === 0) return null;
  return (
    <span class="labels">
      {all.map(([name, value]) => (
        <span key={name} class="label">
          <bdi>{value ? `${name}: ${value}` : name}</bdi>
        </span>
      ))}
    </span>
  );
}

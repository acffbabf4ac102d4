import { useEffect, useState } from "preact/hooks";
import type { Purpose, VaultKey, VersionState } from "strongroom";
import { addressOf } from "../../app/route";
import { Button } from "../../ui/Button";
import { Choice, Search } from "../../ui/fields";
import { counted, formatAge, formatCount, formatDate, formatUntil } from "../../ui/format";
import { Cell, Row, RowLink, Table } from "../../ui/Table";
import text from "../../ui/text.module.css";
import type { KeyList as KeyListModel } from "./key-list";
import styles from "./KeyList.module.css";
import { KeyLabels } from "./KeyLabels";
import { PURPOSES, STATE_NAMES, STATES } from "./labels";
import type { KeysModel } from "./model";
import { NewKey } from "./NewKey";
import { StateName } from "./StateName";

const COLUMNS = [["Key"], ["State"], ["Version"], ["Age"], ["Next rotation"], ["Uses", "figure"]] as const;

/** All keys of the vault, page by page. */
export function KeyList({ keys }: { keys: KeysModel }) {
  const [creating, setCreating] = useState(false);
  const { list } = keys;
  useEffect(() => {
    void list.read();
  }, [list]);
  return (
    <>
      <header class={styles.head}>
        <h2 id="console-title" tabIndex={-1}>
          Keys
        </h2>
        <Button id="make-key" kind="main" act={() => setCreating(true)}>
          New key
        </Button>
      </header>
      <Filters list={list} />
      <Page list={list} />
      {creating && <NewKey keys={keys} close={() => setCreating(false)} />}
    </>
  );
}

function Filters({ list }: { list: KeyListModel }) {
  const { prefix, state, purpose } = list.query;
  return (
    <form
      class={styles.filters}
      role="search"
      aria-label="Keys"
      onSubmit={(event) => event.preventDefault()}
    >
      <Search id="key-search" label="Name begins with" value={prefix} onSearch={(value) => list.search(value)} />
      <Choice
        id="key-state"
        name="state"
        label="State"
        value={state}
        options={[["", "any"], ...STATES.map((one) => [one, STATE_NAMES[one]] as const)]}
        onChange={(value) => list.filter({ state: value as VersionState | "" })}
      />
      <Choice
        id="key-purpose"
        name="purpose"
        label="Purpose"
        value={purpose}
        options={[["", "any"], ...Object.entries(PURPOSES).map(([one, { name }]) => [one, name] as const)]}
        onChange={(value) => list.filter({ purpose: value as Purpose | "" })}
      />
    </form>
  );
}

function Page({ list }: { list: KeyListModel }) {
  const { page, query, pageNumber } = list;
  if (!page) return <p class={text.placeholder}>Reading the keys…</p>;
  const { keys, next } = page;
  const isFiltered = query.prefix || query.state || query.purpose;
  return (
    <>
      <p class={text.unseen} role="status" data-testid="keys-status">
        {counted(keys.length, "key")}
        {next === undefined ? "" : " on this page, more on the next"}
      </p>
      {keys.length === 0 ? (
        <p class={text.placeholder} data-testid="no-keys">
          {isFiltered ? "No matching keys." : "This vault has no keys. Create one to encrypt files with it."}
        </p>
      ) : (
        <Table labelledBy="console-title" testid="keys-table" columns={COLUMNS}>
          {keys.map((key) => (
            <KeyRow key={key.id} of={key} />
          ))}
        </Table>
      )}
      {(pageNumber > 1 || next !== undefined) && (
        <nav class={styles.pager} aria-label="Pages of the list">
          <Button id="keys-back" act={() => list.back()} off={pageNumber === 1}>
            Back
          </Button>
          <span class={text.hint}>Page {pageNumber}</span>
          <Button id="keys-forward" act={() => list.next()} off={next === undefined}>
            Next
          </Button>
        </nav>
      )}
    </>
  );
}

function KeyRow({ of }: { of: VaultKey }) {
  const { id, alias, purpose, state, uses, due, rotateEvery } = of;
  const { number, created } = of.primaryVersion;
  const title = (
    <>
      <RowLink to={addressOf.key(id)} testid="key-link">
        <bdi>{alias}</bdi>
      </RowLink>
      <span class={`${text.hint} ${styles.purpose}`}>{PURPOSES[purpose].name}</span>
      <KeyLabels labels={of.labels} />
    </>
  );
  return (
    <Row title={title} data={{ "data-testid": "key-row", "data-alias": alias, "data-state": state }}>
      <Cell of="State">
        <StateName state={state} />
      </Cell>
      <Cell of="Version">{number}</Cell>
      <Cell of="Age" title={`Version ${number} was created on ${formatDate(created)}`}>
        {formatAge(created)}
      </Cell>
      <Cell of="Next rotation" title={formatDate(due)}>
        {due ? formatUntil(due) : rotateEvery ? "paused" : "manual"}
      </Cell>
      <Cell of="Uses" kind="figure">
        {formatCount(uses)}
      </Cell>
    </Row>
  );
}

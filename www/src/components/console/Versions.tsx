import { formatCount, formatDate } from "../../format";
import { addressOf } from "../../route";
import type { Shown, Version } from "../../shown";
import type { Key } from "../../state";
import { formatUntil } from "../../time";
import { StateName } from "./States";
import { Cell, Row, Table } from "./Table";

const COLUMNS = [
  ["Version"],
  ["State"],
  ["Since"],
  ["To come"],
  ["Uses", "figure"],
  ["Files", "figure"],
] as const;

interface Props {
  of: Key;
  dependents: Shown["dependents"];
  /** The number of the version that is looked at. */
  selected: number;
}

/** What the picture shows, in words; each version leads to what can be done with it. */
export function Versions({ of, dependents, selected }: Props) {
  return (
    <Table labelledBy="versions-title" testid="versions" columns={COLUMNS}>
      {of.versions.toReversed().map((version) => (
        <VersionLine
          key={version.id}
          of={of}
          version={version}
          files={dependents.get(version.id) ?? 0}
          selected={version.number === selected}
        />
      ))}
    </Table>
  );
}

interface LineProps {
  of: Key;
  version: Version;
  files: number;
  selected: boolean;
}

function VersionLine({ of, version, files, selected }: LineProps) {
  const { id, number, state, uses, created, history } = version;
  const title = (
    <>
      <a
        class="row-link"
        href={addressOf.key(of.id, number)}
        aria-current={selected ? "true" : undefined}
        data-testid="version-link"
      >
        Version {number}
      </a>
      {id === of.primary && <span class="hint">primary</span>}
    </>
  );
  const comes = toCome(of, version);
  const data = { "data-testid": "version-row", "data-number": number, "data-state": state, "data-files": files };
  return (
    <Row title={title} class={selected ? "selected" : ""} data={data}>
      <Cell of="State">
        <StateName state={state} />
        {version.compromised && state !== "compromised" && <span class="hint">was compromised</span>}
      </Cell>
      <Cell of="Since">{formatDate(history.at(-1)?.at ?? created)}</Cell>
      <Cell of="To come" empty={!comes}>
        {comes || "–"}
      </Cell>
      <Cell of="Uses" kind="figure">
        {formatCount(uses)}
      </Cell>
      <Cell of="Files" kind="figure">
        {formatCount(files)}
      </Cell>
    </Row>
  );
}

function toCome(of: Key, { id, destroyAt }: Version): string {
  if (destroyAt) return `destroyed ${formatUntil(destroyAt)}`;
  return id === of.primary && of.due ? `rotated ${formatUntil(of.due)}` : "";
}

import type { VaultKey } from "strongroom";
import { addressOf } from "../../app/route";
import { formatCount, formatDate, formatUntil } from "../../ui/format";
import { Cell, Row, RowLink, Table } from "../../ui/Table";
import text from "../../ui/text.module.css";
import type { KeySnapshot } from "./key-detail";
import { StateName } from "./StateName";
import type { Version } from "./versions";

const COLUMNS = [
  ["Version"],
  ["State"],
  ["Since"],
  ["Next event"],
  ["Uses", "figure"],
  ["Files", "figure"],
] as const;

interface Props {
  of: VaultKey;
  dependents: KeySnapshot["dependents"];
  /** The number of the selected version. */
  selected: number;
}

/** What the time line shows, in words; each row leads to its version. */
export function Versions({ of, dependents, selected }: Props) {
  return (
    <Table labelledBy="versions-title" testid="versions" columns={COLUMNS}>
      {of.versions.toReversed().map((version) => (
        <VersionRow
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

interface RowProps {
  of: VaultKey;
  version: Version;
  files: number;
  selected: boolean;
}

function VersionRow({ of, version, files, selected }: RowProps) {
  const { id, number, state, uses, created, history } = version;
  const title = (
    <>
      <RowLink to={addressOf.key(of.id, number)} testid="version-link" current={selected}>
        Version {number}
      </RowLink>
      {id === of.primary && <span class={text.hint}>primary</span>}
    </>
  );
  const next = nextEvent(of, version);
  const data = { "data-testid": "version-row", "data-number": number, "data-state": state, "data-files": files };
  return (
    <Row title={title} selected={selected} data={data}>
      <Cell of="State">
        <StateName state={state} />
        {version.compromised && state !== "compromised" && <span class={text.hint}> was compromised</span>}
      </Cell>
      <Cell of="Since">{formatDate(history.at(-1)?.at ?? created)}</Cell>
      <Cell of="Next event" empty={!next}>
        {next || "–"}
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

function nextEvent(of: VaultKey, { id, destroyAt }: Version): string {
  if (destroyAt) return `destruction ${formatUntil(destroyAt)}`;
  return id === of.primary && of.due ? `rotation ${formatUntil(of.due)}` : "";
}

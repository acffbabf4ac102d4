import type { FactorInfo } from "strongroom";
import { Button, ButtonGroup } from "../../ui/Button";
import { abbreviate, formatDate } from "../../ui/format";
import { Cell, Row, Table } from "../../ui/Table";
import styles from "./FactorTable.module.css";
import { isElsewhere, isKind, isOnPaper, kindName, titleOf } from "./labels";

export type FactorAction = "present" | "rehearse" | "rename" | "replace" | "revoke";

const COLUMNS = [["Name"], ["Kind"], ["Added"], ["Identity"], ["Actions"]] as const;

interface Props {
  list: readonly FactorInfo[];
  begin: (action: FactorAction, to: FactorInfo) => void;
}

export function FactorTable({ list, begin }: Props) {
  return (
    <Table labelledBy="console-title" testid="factors" columns={COLUMNS}>
      {list.map((one) => (
        <FactorRow key={one.id} of={one} begin={begin} />
      ))}
    </Table>
  );
}

function FactorRow({ of, begin }: { of: FactorInfo; begin: Props["begin"] }) {
  const { kind, added, pinned, known } = of;
  const data = { "data-testid": "factor", "data-kind": kind, "data-pinned": String(pinned), "data-name": of.name ?? "" };
  return (
    <Row title={<FactorTitle of={of} />} data={data}>
      <Cell of="Kind">{known ? kindName(kind) : `${kindName(kind)}, of a later release`}
        {of.shares && `, ${of.shares.threshold} of ${of.shares.shares}`}
        {of.device && ` until ${formatDate(of.device.expires)}`}</Cell>
      <Cell of="Added">{added === undefined ? "with the vault" : formatDate(added)}</Cell>
      <Cell of="Identity" title={pinned ? "It knows the vault's identity." : "It does not know the vault's identity yet."}>
        {pinned ? "known" : <span class={styles.unpinned}>not known yet</span>}
      </Cell>
      <Cell of="Actions" kind="actions">
        <ButtonGroup>
          {known && !pinned && !isElsewhere(kind) && <Action name="present" of={of} begin={begin} />}
          {isOnPaper(kind) && <Action name="rehearse" of={of} begin={begin} />}
          <Action name="rename" of={of} begin={begin} />
          {(isKind(kind) || isElsewhere(kind)) && <Action name="replace" of={of} begin={begin} />}
          <Action name="revoke" of={of} begin={begin} />
        </ButtonGroup>
      </Cell>
    </Row>
  );
}

/** Its name, and the beginning of its id where names are not enough. */
export function FactorTitle({ of }: { of: FactorInfo }) {
  return (
    <span class={styles.title}>
      <strong>
        <bdi>{titleOf(of)}</bdi>
      </strong>{" "}
      <code title={of.id}>{abbreviate(of.id)}</code>
    </span>
  );
}

const LABELS: Record<FactorAction, string> = {
  present: "Present",
  rehearse: "Try",
  rename: "Rename",
  replace: "Change",
  revoke: "Revoke",
};

function Action({ name, of, begin }: { name: FactorAction; of: FactorInfo; begin: Props["begin"] }) {
  const kind = name === "revoke" ? "danger" : name === "present" ? "accent" : "quiet";
  return (
    <Button testid={`factor-${name}`} kind={kind} label={`${LABELS[name]}: ${titleOf(of)}`} act={() => begin(name, of)}>
      {LABELS[name]}
    </Button>
  );
}

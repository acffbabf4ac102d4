import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { VaultKey } from "strongroom";
import { addressOf } from "../../app/route";
import { Button, buttonClass, ButtonGroup } from "../../ui/Button";
import { abbreviate, counted, formatDate, formatPeriod, formatUntil } from "../../ui/format";
import text from "../../ui/text.module.css";
import { actionsOfKey, labelOf } from "./actions/key-actions";
import type { KeyActions } from "./actions/model";
import { EditKey } from "./EditKey";
import { KeyLabels } from "./KeyLabels";
import styles from "./KeyView.module.css";
import { PURPOSES } from "./labels";
import { StateName } from "./StateName";

/** A key's name, its facts, and the actions on the key as a whole. */
export function KeyHead({ of, actions }: { of: VaultKey; actions: KeyActions }) {
  const [editing, setEditing] = useState(false);
  const { alias, state, purpose, session } = of;
  return (
    <header class={styles.head}>
      <div class={styles.title}>
        <h2 id="console-title" tabIndex={-1}>
          <bdi>{alias}</bdi>
        </h2>
        <StateName state={state} />
        <span class={text.hint}>{PURPOSES[purpose].about}</span>
      </div>
      <Facts of={of} />
      <ButtonGroup>
        {actionsOfKey(of).map((name) => {
          const { button, dangerous } = labelOf({ name, version: undefined });
          const kind = name === "rotate" ? "accent" : dangerous ? "danger" : "quiet";
          const consider = () => actions.consider({ name, key: of, version: undefined });
          return (
            <Button key={name} id={`key-${name}`} kind={kind} act={consider}>
              {button}
            </Button>
          );
        })}
        {session ? (
          <Button id="key-end" kind="danger" act={() => actions.end(of)}>
            End now
          </Button>
        ) : (
          <Button id="key-edit" act={() => setEditing(true)}>
            Edit
          </Button>
        )}
        <a class={buttonClass("quiet")} href={addressOf.activity({ key: of.id })} data-testid="key-activity">
          Activity
        </a>
      </ButtonGroup>
      {editing && <EditKey of={of} actions={actions} close={() => setEditing(false)} />}
    </header>
  );
}

function Facts({ of }: { of: VaultKey }) {
  const { id, created, uses, lastUsed, labels, expires } = of;
  return (
    <dl class={styles.facts}>
      <Fact name="Created">{formatDate(created)}</Fact>
      <Fact name="Next rotation">
        <NextRotation of={of} />
      </Fact>
      {expires && <Fact name="Expires">{formatDate(expires)}</Fact>}
      <Fact name="Used">
        <span data-testid="key-uses">{counted(uses, "time")}</span>
      </Fact>
      <Fact name="Last used">
        <span data-testid="key-last-used">{lastUsed ? formatDate(lastUsed) : "never"}</span>
      </Fact>
      <Fact name="ID">
        <code title={id}>{abbreviate(id)}</code>
      </Fact>
      {Object.keys(labels).length > 0 && (
        <Fact name="Labels">
          <KeyLabels labels={labels} />
        </Fact>
      )}
    </dl>
  );
}

function NextRotation({ of: { due, rotateEvery } }: { of: VaultKey }) {
  if (!rotateEvery) return <>{due ? formatUntil(due) : "manual"}</>;
  const next = due ? formatUntil(due) : "paused: no version is active";
  return (
    <>
      <span title={formatDate(due)}>{next}</span>
      <span class={text.hint}>, every {formatPeriod(rotateEvery)}</span>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

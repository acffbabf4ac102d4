import type { VaultKey } from "strongroom";
import { Button, ButtonGroup } from "../../ui/Button";
import { formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { actionsOfVersion, labelOf } from "./actions/key-actions";
import type { KeyActions } from "./actions/model";
import { Dependents } from "./dependents/Dependents";
import keyStyles from "./KeyView.module.css";
import { meaning, operationName, STATE_NAMES } from "./labels";
import type { KeysModel } from "./model";
import { StateName } from "./StateName";
import type { Version } from "./versions";
import styles from "./VersionView.module.css";

interface Props {
  keys: KeysModel;
  of: VaultKey;
  version: Version;
  /** How many files it opens. */
  dependents: number;
}

/** One version: its state, its history, the actions on it, and the files that depend on it. */
export function VersionView({ keys, of, version, dependents }: Props) {
  const { number, state } = version;
  const hasJob = keys.rewrapJob?.version === version.id;
  // The report of a revocation shows the same, above the page.
  const isReported = keys.actions.report?.about === "revoked";
  return (
    <section class={styles.version} aria-labelledby="version-title" data-testid="version" data-number={number}>
      <div class={styles.life}>
        <header class={keyStyles.title}>
          <h3 id="version-title">Version {number}</h3>
          <StateName state={state} />
        </header>
        <p data-testid="version-meaning">{meaning(state, of.purpose)}</p>
        <History version={version} />
        {!of.session && <Actions actions={keys.actions} of={of} version={version} />}
      </div>
      {dependents > 0 || hasJob ? (
        !isReported && <Dependents keys={keys} version={version.id} />
      ) : (
        <p class={text.hint} data-testid="no-dependents">
          No files depend on this version.
        </p>
      )}
    </section>
  );
}

function History({ version: { number, history } }: { version: Version }) {
  return (
    <ol class={styles.history} aria-label={`History of version ${number}`} data-testid="history">
      {history.map(({ state, by, at, reason }) => (
        <li key={`${at} ${state}`}>
          <span>
            {STATE_NAMES[state]}
            {operationName(by) !== STATE_NAMES[state] && <span class={text.hint}> ({operationName(by)})</span>}
          </span>
          <time dateTime={new Date(at).toISOString()}>{formatDate(at)}</time>
          {reason && <q>{reason}</q>}
        </li>
      ))}
    </ol>
  );
}

interface ActionsProps {
  actions: KeyActions;
  of: VaultKey;
  version: Version;
}

function Actions({ actions, of, version }: ActionsProps) {
  const names = actionsOfVersion(version);
  if (names.length === 0) return null;
  return (
    <ButtonGroup>
      {names.map((name) => {
        const { button, dangerous } = labelOf({ name, version });
        return (
          <Button
            key={name}
            id={`version-${name}`}
            kind={dangerous ? "danger" : "quiet"}
            act={() => actions.consider({ name, key: of, version })}
          >
            {button}
          </Button>
        );
      })}
    </ButtonGroup>
  );
}

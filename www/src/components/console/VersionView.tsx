import { considered, nameOf, verbsOfVersion } from "../../deeds";
import { report } from "../../doing";
import { formatDate } from "../../format";
import { moving } from "../../moving";
import type { Version } from "../../shown";
import type { Key } from "../../state";
import { meaning, operation, STATE_NAMES } from "../../words";
import { Button } from "../Button";
import { Dependents } from "./Dependents";
import { StateName } from "./States";

interface Props {
  of: Key;
  version: Version;
  /** How many files it opens. */
  dependents: number;
}

/** One version: what it does, how it came to that, what can be done with it, what depends on it. */
export function VersionView({ of, version, dependents }: Props) {
  const { number, state } = version;
  const moves = moving.value?.version === version.id;
  // The report of a revocation offers the same, above the page.
  const offered = report.value?.about === "revoked";
  return (
    <section class="version" aria-labelledby="version-title" data-testid="version" data-number={number}>
      <div class="version-life">
        <header class="key-title">
          <h3 id="version-title">Version {number}</h3>
          <StateName state={state} />
        </header>
        <p data-testid="version-meaning">{meaning(state, of.purpose)}</p>
        <ol class="history" aria-label={`History of version ${number}`} data-testid="history">
          {version.history.map((step) => (
            <li key={`${step.at} ${step.state}`}>
              <span>
                {STATE_NAMES[step.state]}
                {operation(step.by) !== STATE_NAMES[step.state] && (
                  <span class="hint"> {operation(step.by)}</span>
                )}
              </span>
              <time dateTime={new Date(step.at).toISOString()}>{formatDate(step.at)}</time>
              {step.reason && <q>{step.reason}</q>}
            </li>
          ))}
        </ol>
        {!of.session && <Actions of={of} version={version} />}
      </div>
      {dependents > 0 || moves ? (
        !offered && <Dependents of={of.id} version={version.id} />
      ) : (
        <p class="nothing hint" data-testid="no-dependents">
          No file depends on this version.
        </p>
      )}
    </section>
  );
}

function Actions({ of, version }: { of: Key; version: Version }) {
  const verbs = verbsOfVersion(version);
  if (verbs.length === 0) return null;
  return (
    <div class="row-actions">
      {verbs.map((verb) => {
        const { button, grave } = nameOf({ verb, version });
        return (
          <Button
            key={verb}
            id={`version-${verb}`}
            kind={grave ? "danger" : "quiet"}
            act={() => (considered.value = { verb, key: of, version })}
          >
            {button}
          </Button>
        );
      })}
    </div>
  );
}

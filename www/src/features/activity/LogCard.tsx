import { useState } from "preact/hooks";
import { Button, ButtonGroup } from "../../ui/Button";
import { counted } from "../../ui/format";
import text from "../../ui/text.module.css";
import styles from "./LogCard.module.css";
import type { ActivityModel } from "./model";
import { StopLog } from "./StopLog";

const FIRST = "Each entry is written before anything comes of what it tells of: where it cannot be written, nothing is done.";
const SOON =
  "Changes are written together with their entries. Uses of keys are written within two seconds: a tab that is killed loses those.";

/** How the log is written, and what changes that. */
export function LogCard({ model }: { model: ActivityModel }) {
  const [stopping, setStopping] = useState(false);
  const { state } = model;
  if (!state) return null;
  const { size, stopped, failClosed } = state;
  return (
    <section class={styles.card} aria-labelledby="log-title" data-testid="log-card" data-stopped={stopped} data-fail-closed={failClosed}>
      <h3 id="log-title">How it is written</h3>
      <p>
        {stopped ? "The log is off" : "The log is on"}, with {counted(size, "entry", "entries")}. {!stopped && (failClosed ? FIRST : SOON)}
      </p>
      {!stopped && (
        <ButtonGroup>
          <Button id="fail-closed" act={() => model.start(!failClosed)}>
            {failClosed ? "Let entries of uses wait" : "Write each entry first"}
          </Button>
          <Button id="stop-log" kind="danger" act={() => setStopping(true)}>
            Turn off
          </Button>
        </ButtonGroup>
      )}
      <p class={text.hint}>Entries are no part of a backup. Another device writes a log of its own.</p>
      {stopping && <StopLog model={model} close={() => setStopping(false)} />}
    </section>
  );
}

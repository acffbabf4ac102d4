import { Button } from "../../ui/Button";
import { Warning } from "../../ui/Warning";
import type { ActivityModel } from "./model";

/** Says that nothing is written, in the place where its lack would be missed. */
export function LogStopped({ model }: { model: ActivityModel }) {
  const { state } = model;
  if (!state?.stopped) return null;
  return (
    <Warning testid="log-stopped">
      <p>
        <strong>The log is off.</strong> What is done with the keys is not written. What it has from before stays.
      </p>
      <Button id="start-log" kind="accent" act={() => model.start(state.failClosed)}>
        Turn it on
      </Button>
    </Warning>
  );
}

import { useEffect, useState } from "preact/hooks";
import type { Session } from "../../app/session";
import { Button, ButtonGroup } from "../../ui/Button";
import text from "../../ui/text.module.css";
import { ActivityFilters } from "./ActivityFilters";
import styles from "./ActivityView.module.css";
import { EntryList } from "./EntryList";
import { ExportLog } from "./ExportLog";
import { LogCard } from "./LogCard";
import { LogStopped } from "./LogStopped";
import { formatQuery, type ActivityQuery } from "./query";
import { VerifyLog } from "./VerifyLog";

/** What was done with the vault's keys: its audit log. */
export function ActivityView({ session: { activity }, query }: { session: Session; query: ActivityQuery }) {
  const [task, setTask] = useState<"verify" | "export">();
  const address = formatQuery(query);
  useEffect(() => {
    void activity.show(query);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- each address is parsed into a new object.
  }, [activity, address]);
  const verify = () => setTask("verify");
  const close = () => setTask(undefined);
  return (
    <>
      <header class={styles.head}>
        <h2 id="console-title" tabIndex={-1}>
          Activity
        </h2>
        <ButtonGroup>
          <Button id="refresh-log" act={() => activity.read()}>
            Refresh
          </Button>
          <Button id="verify-log" kind="accent" act={verify}>
            Verify
          </Button>
          <Button id="export-log" act={() => setTask("export")}>
            Export
          </Button>
        </ButtonGroup>
      </header>
      <p class={text.lead}>
        What was done with this vault’s keys on this device, and what was refused. The log is encrypted and stays in this browser.
      </p>
      <LogStopped model={activity} />
      <ActivityFilters model={activity} query={query} />
      <EntryList model={activity} query={query} verify={verify} />
      <LogCard model={activity} />
      {task === "verify" && <VerifyLog model={activity} close={close} />}
      {task === "export" && <ExportLog model={activity} query={query} close={close} />}
    </>
  );
}

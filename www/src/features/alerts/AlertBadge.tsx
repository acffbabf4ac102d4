import text from "../../ui/text.module.css";
import styles from "./AlertBadge.module.css";
import type { AlertsModel } from "./model";

/** How many alerts nobody has dealt with, and whether the rules could not look; nothing where they looked and there are none. */
export function AlertBadge({ alerts }: { alerts: AlertsModel }) {
  const { length } = alerts.open;
  const failed = alerts.failure !== undefined;
  if (length === 0 && !failed) return null;
  return (
    <span class={`${styles.badge} ${failed ? styles.failed : ""}`} data-testid="alert-badge" data-state={failed ? "failed" : "looked"}>
      {length > 0 && (
        <>
          {length > 99 ? "99+" : length}
          <span class={text.unseen}> not seen</span>
        </>
      )}
      {failed && (
        <>
          <span aria-hidden="true">!</span>
          <span class={text.unseen}>{length > 0 && ","} the rules could not look</span>
        </>
      )}
    </span>
  );
}

import text from "../../ui/text.module.css";
import styles from "./AlertBadge.module.css";
import type { AlertsModel } from "./model";

/** How many alerts nobody has dealt with; nothing where there are none. */
export function AlertBadge({ alerts }: { alerts: AlertsModel }) {
  const { length } = alerts.open;
  if (length === 0) return null;
  return (
    <span class={styles.badge} data-testid="alert-badge">
      {length > 99 ? "99+" : length}
      <span class={text.unseen}> not seen</span>
    </span>
  );
}

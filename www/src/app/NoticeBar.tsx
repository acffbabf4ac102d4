import { useEffect } from "preact/hooks";
import { Button } from "../ui/Button";
import { dismissNotice, notice } from "./notice";
import styles from "./NoticeBar.module.css";

/** How long a message that asks for nothing stays, in ms. */
const STAY = 6000;

/** The last message. Both live regions are always there, or screen readers would miss the first message. */
export function NoticeBar() {
  const now = notice.value;
  useEffect(() => {
    if (now?.kind !== "done" || now.stays) return undefined;
    const timer = setTimeout(dismissNotice, STAY);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div class={styles.notice} data-testid="notice" data-kind={now?.kind}>
      <p role="status" data-testid="status">
        {now?.kind === "done" ? now.text : ""}
      </p>
      <p role="alert" data-testid="alert">
        {now?.kind === "error" ? now.text : ""}
      </p>
      {now && (
        <Button testid="notice-dismiss" act={dismissNotice}>
          Dismiss
        </Button>
      )}
    </div>
  );
}

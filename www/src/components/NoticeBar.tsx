import { useEffect } from "preact/hooks";
import { notice } from "../state";

/** How long a message that asks for nothing stays, in ms. */
const STAY = 6000;

/** The last message. Both live regions are always there, or screen readers would miss the first. */
export function NoticeBar() {
  const now = notice.value;
  useEffect(() => {
    if (now?.kind !== "done") return undefined;
    const timer = setTimeout(() => (notice.value = undefined), STAY);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div class={now ? `notice ${now.kind}` : "notice"} data-testid="notice" data-kind={now?.kind}>
      <p role="status" data-testid="status">
        {now?.kind === "done" ? now.text : ""}
      </p>
      <p role="alert" data-testid="alert">
        {now?.kind === "error" ? now.text : ""}
      </p>
      {now && (
        <button
          type="button"
          class="button quiet"
          data-testid="notice-dismiss"
          onClick={() => (notice.value = undefined)}
        >
          Dismiss
        </button>
      )}
    </div>
  );
}

import text from "../../ui/text.module.css";
import badge from "../alerts/AlertBadge.module.css";
import type { ApprovalsModel } from "./model";

/** How many requests of this device are open; nothing where there are none. */
export function ApprovalBadge({ approvals: { open } }: { approvals: ApprovalsModel }) {
  if (!open || open.length === 0) return null;
  return (
    <span class={badge.badge} data-testid="approval-badge">
      {open.length}
      <span class={text.unseen}> open</span>
    </span>
  );
}

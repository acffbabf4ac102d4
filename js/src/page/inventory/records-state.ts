import type { UseEngine } from "../runtime/connection.js";

/** A text that stays the same while no record is changed. What is put to the audit log changes none, and the head's number all the same. */
export async function recordsState(use: UseEngine): Promise<string> {
  const head = await use().peer.call("head");
  return head.slice(head.indexOf(".") + 1);
}

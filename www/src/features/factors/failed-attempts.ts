import type { FailedAttempts } from "strongroom";
import { counted, formatDate } from "../../ui/format";

/** What failed before the vault was unlocked, in a sentence. */
export function failedSentence({ count, last }: FailedAttempts): string {
  const moment = formatDate(last.getTime());
  if (count === 1) return `1 failed attempt since the last unlock, at ${moment}.`;
  return `${counted(count, "failed attempt")} since the last unlock, the last at ${moment}.`;
}

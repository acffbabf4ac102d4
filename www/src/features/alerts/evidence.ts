/** Where to look for what an alert rests on. */

import type { AlertRule, VaultAlert } from "strongroom";
import { addressOf } from "../../app/route";
import { counted, formatCount } from "../../ui/format";

export interface EvidenceLink {
  to: string;
  text: string;
}

/** Where something can be done about it, for rules that rest on no entries. */
const PLACES: Partial<Record<AlertRule, EvidenceLink>> = {
  backup: { to: addressOf.keys, text: "Save a backup" },
  rehearsal: { to: addressOf.factors, text: "Try it under “Access”" },
  review: { to: addressOf.keys, text: "The policies" },
  failedUnlocks: { to: addressOf.factors, text: "What opens the vault" },
  logOff: { to: addressOf.activity(), text: "The log" },
  brokenLog: { to: addressOf.activity(), text: "Verify the log" },
  cutLog: { to: addressOf.activity(), text: "The log" },
};

/** What the rule says, but for what it says to programmers. */
export function messageOf({ rule, message, evidence: { numbers } }: VaultAlert): string {
  const { sequence } = numbers;
  if (rule !== "brokenLog" || sequence === undefined) return message;
  return `The log is not whole: entry number ${formatCount(sequence)}, and maybe others before it, was changed or taken away. The rules looked at none up to there.`;
}

/** @param keys what the keys are called, by their ids */
export function evidenceOf({ rule, evidence }: VaultAlert, keys: ReadonlyMap<string, string>): readonly EvidenceLink[] {
  const logs = new Map<string, number[]>();
  for (const { log, sequence } of evidence.entries) logs.set(log, [...(logs.get(log) ?? []), sequence]);
  const entries = [...logs].map(([log, numbers]) => ({
    to: addressOf.activity({ log, entries: numbers }),
    text: `Show ${counted(numbers.length, "entry", "entries")}`,
  }));
  const pages = evidence.keys.flatMap((id) => {
    const alias = keys.get(id);
    return alias === undefined ? [] : [{ to: addressOf.key(id), text: `Key “\u2068${alias}\u2069”` }];
  });
  const place = PLACES[rule];
  return [...entries, ...pages, ...(place ? [place] : [])];
}

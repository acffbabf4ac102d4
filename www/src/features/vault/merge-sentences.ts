/** What a merge did, in plain words. */

import type { MergeReport, SkippedRecord } from "strongroom";
import { counted } from "../../ui/format";
import { STATE_NAMES } from "../keys/labels";

export interface MergeSentences {
  lead: string;
  done: readonly string[];
  /** What the backup has, and the vault did not take. */
  left: readonly string[];
}

const REASONS: Record<SkippedRecord["reason"], string> = {
  conflict: "the vault has something else in its place",
  "no-material": "the backup has no key material of it",
  unproven: "the backup is of an earlier vault key, which proves too little",
  "of-device": "only the device that began it can go on with it",
  "too-many": "there are as many versions of it as there can be",
  factor: "a backup adds nothing that opens the vault; add it under “Access”",
};

const RECORDS: Record<SkippedRecord["record"], string> = {
  key: "key",
  version: "version",
  object: "file",
  factor: "way in",
  upload: "upload",
  policy: "policy of the vault",
  organisation: "policy of the vault’s organisation",
};

export function mergeSentences(report: MergeReport): MergeSentences {
  const { proven, keys, versions, changed, renamed, tombstones, objects, removed, policy, organisation } = report;
  const done = [
    keys.length > 0 && `Added: ${counted(keys.length, "key")}.`,
    versions.length > 0 && `Added: ${counted(versions.length, "version")} of keys.`,
    ...grouped(changed.map(({ from, to }) => `${STATE_NAMES[from]} before, ${STATE_NAMES[to]} now`)).map(
      ([what, count]) => `${counted(count, "version")} of keys: ${what}.`,
    ),
    ...renamed.map(({ from, to }) => `A key called “${from}” is called “${to}” now: two keys had one name.`),
    objects > 0 && `${counted(objects, "file")} added to the list, or brought up to date.`,
    removed > 0 && `${counted(removed, "file")} taken off the list: deleted in the other copy.`,
    policy && "The vault's policy is another one now: both copies' rules apply.",
    organisation && "A later policy of the vault's organisation applies now.",
    tombstones > 0 && `${counted(tombstones, "thing")} that the backup still has: destroyed or deleted before, and stays so.`,
  ].filter((sentence) => sentence !== false);
  const left = grouped(report.skipped.map(({ record, reason }) => `${record} ${reason}`)).map(([what, count]) => {
    const [record, reason] = what.split(" ") as [SkippedRecord["record"], SkippedRecord["reason"]];
    return `${counted(count, RECORDS[record])}: ${REASONS[reason]}.`;
  });
  return { lead: proven ? PROVEN : UNPROVEN, done: done.length > 0 ? done : ["There was nothing that this vault lacks."], left };
}

const PROVEN = "The backup is of the vault key that the vault has now. Both copies are united.";

const UNPROVEN =
  "The backup is of an earlier vault key, so whoever had something that opened the vault then could have made it. Its keys open old files, as unsigned, and encrypt nothing.";

/** Each once, with how often it is there. */
function grouped(texts: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}

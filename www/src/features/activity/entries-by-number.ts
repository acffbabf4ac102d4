import type { AuditEntry, AuditLog } from "strongroom";

/** Entries that are read at once: those of an alert are close to each other, or few. */
const PAGE = 100;

/** Entries by their numbers, the latest first; those that the log does not have are left out. */
export async function readEntries(log: AuditLog, id: string | undefined, numbers: readonly number[]): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  let left = [...new Set(numbers)].toSorted((one, other) => other - one);
  while (left[0] !== undefined) {
    const { entries } = await log.page({ log: id, before: left[0] + 1, limit: PAGE });
    const wanted = new Set(left);
    found.push(...entries.filter(({ sequence }) => wanted.has(sequence)));
    const earliest = entries.at(-1)?.sequence ?? 0;
    left = left.filter((number) => number < earliest);
  }
  return found;
}

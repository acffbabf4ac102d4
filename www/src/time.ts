/** Lengths of time as people say them. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Each with the most that is still counted in it. */
const UNITS = [
  { name: "second", size: 1000, upTo: MINUTE },
  { name: "minute", size: MINUTE, upTo: HOUR },
  { name: "hour", size: HOUR, upTo: 2 * DAY },
  { name: "day", size: DAY, upTo: 100 * DAY },
  { name: "month", size: 30.44 * DAY, upTo: 730 * DAY },
  { name: "year", size: 365.25 * DAY, upTo: Infinity },
];

/** Milliseconds as `3 days`. */
function formatSpan(ms: number, whole: (count: number) => number): string {
  const unit = UNITS.find(({ upTo }) => ms < upTo) ?? UNITS[0];
  return unit ? counted(Math.max(0, whole(ms / unit.size)), unit.name) : "";
}

/** How long ago that was. */
export const formatAge = (at: number, now = Date.now()): string => formatSpan(now - at, Math.floor);

/** `in 3 days`; what is due is done the next time that the vault looks. */
export function formatUntil(at: number, now = Date.now()): string {
  return at > now ? `in ${formatSpan(at - now, Math.round)}` : "due now";
}

const LETTERS: Record<string, string> = { Y: "year", M: "month", W: "week", D: "day", TH: "hour", TM: "minute" };

/** `P90D` as `90 days`; what is put together of several stays as it is. */
export function formatPeriod(period: string): string {
  const [, count, letter] = /^P(?=(?:T)?\d+[A-Z]$)T?(\d+)([A-Z])$/.exec(period) ?? [];
  const unit = letter && LETTERS[(period.startsWith("PT") ? "T" : "") + letter];
  return unit ? counted(Number(count), unit) : period;
}

/** `1 file`, `2 files`. */
export function counted(count: number, what: string): string {
  return `${exact.format(count)} ${what}${count === 1 ? "" : "s"}`;
}

const exact = new Intl.NumberFormat("en");

/** Numbers, sizes, dates and periods as the page shows them. */

const BYTES = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `1536` as `1.5 KiB`. */
export function formatSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${bytes === 1 ? "byte" : BYTES[power]}`;
}

const integers = new Intl.NumberFormat("en");

/** `4096` as `4,096`. */
export function formatCount(count: number): string {
  return integers.format(count);
}

/** `1 file`, `2 files`; `1 entry`, `2 entries`. */
export function counted(count: number, noun: string, several = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : several}`;
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A moment in ms since 1970 or in RFC 3339; empty when there is none. */
export function formatDate(moment: number | string | null | undefined): string {
  if (moment === null || moment === undefined) return "";
  const date = new Date(moment);
  return Number.isNaN(date.valueOf()) ? "" : dates.format(date);
}

const days = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const times = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** The day of a moment in ms since 1970, and its time on that day. */
export const formatDay = (moment: number): string => days.format(moment);
export const formatTime = (moment: number): string => times.format(moment);

/** An identifier short enough to stand beside a name. */
export function abbreviate(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 6)}…${id.slice(-4)}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Each unit with the span below which it is used. */
const UNITS = [
  { unit: "second", size: 1000, below: MINUTE },
  { unit: "minute", size: MINUTE, below: HOUR },
  { unit: "hour", size: HOUR, below: 2 * DAY },
  { unit: "day", size: DAY, below: 100 * DAY },
  { unit: "month", size: 30.44 * DAY, below: 730 * DAY },
  { unit: "year", size: 365.25 * DAY, below: Infinity },
] as const;

type Unit = (typeof UNITS)[number]["unit"] | "week";

/** `3` and `day` as `3 days`. */
function formatUnit(count: number, unit: Unit): string {
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(count);
}

const unitOf = (ms: number) => UNITS.find(({ below }) => ms < below) ?? UNITS[0];

/** The time since a moment: `3 days`. */
export function formatAge(at: number, now = Date.now()): string {
  const ms = Math.max(0, now - at);
  const { unit, size } = unitOf(ms);
  return formatUnit(Math.floor(ms / size), unit);
}

const relative = new Intl.RelativeTimeFormat("en");

/** The time until a moment: `in 3 days`. The vault does what is due when it is unlocked the next time. */
export function formatUntil(at: number, now = Date.now()): string {
  if (at <= now) return "due now";
  const { unit, size } = unitOf(at - now);
  return relative.format(Math.round((at - now) / size), unit);
}

const PERIOD_UNITS: Record<string, Unit> = {
  PY: "year",
  PM: "month",
  PW: "week",
  PD: "day",
  PTH: "hour",
  PTM: "minute",
};

/** `P90D` as `90 days`; a period of several units stays as it is. */
export function formatPeriod(period: string): string {
  const [, prefix, count, letter] = /^(PT?)(\d+)([A-Z])$/.exec(period) ?? [];
  const unit = PERIOD_UNITS[`${prefix}${letter}`];
  return unit ? formatUnit(Number(count), unit) : period;
}

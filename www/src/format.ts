/** Figures and bytes as people read them. */

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `1536` as `1.5 KiB`. */
export function formatSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${bytes === 1 ? "byte" : UNITS[power]}`;
}

const exact = new Intl.NumberFormat("en");

/** `4096` as `4,096`. */
export function formatCount(count: number): string {
  return exact.format(count);
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A moment in ms since 1970, or RFC 3339; empty when there is none. */
export function formatDate(moment: number | string | null | undefined): string {
  if (moment === null || moment === undefined) return "";
  const date = new Date(moment);
  return Number.isNaN(date.valueOf()) ? "" : dates.format(date);
}

/** An identifier short enough to sit beside a name. */
export function abbreviate(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 6)}…${id.slice(-4)}`;
}

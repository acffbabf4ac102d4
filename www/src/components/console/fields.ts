import { formatPeriod } from "../../time";

export const LABELS_HINT = "Such as team: finance, region: eu. Encrypted like everything else.";

/** How often a key can be rotated by itself; by hand it can be at any time. */
export const PERIODS: readonly (readonly [period: string, text: string])[] = [
  ["", "by hand only"],
  ...["P7D", "P30D", "P90D", "P180D", "P365D"].map((period) => [period, `every ${formatPeriod(period)}`] as const),
];

import { formatPeriod } from "../../ui/format";

/** The rotation periods to choose from; an empty one stands for rotation by hand only. */
export const PERIODS: readonly (readonly [period: string, text: string])[] = [
  ["", "manual only"],
  ...["P7D", "P30D", "P90D", "P180D", "P365D"].map((period) => [period, `every ${formatPeriod(period)}`] as const),
];

/** The dates below the time line: round ones, as many as fit. */

import {
  timeDay,
  timeHour,
  timeMinute,
  timeMonday,
  timeMonth,
  timeYear,
  type CountableTimeInterval,
  type TimeInterval,
} from "d3-time";

/** Pixels between two ticks, so that their labels do not touch. */
const ROOM = 70;

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, options);
const every = (interval: CountableTimeInterval, count: number): TimeInterval => interval.every(count) ?? interval;

const TIME = format({ hour: "numeric", minute: "2-digit" });
const DAY = format({ day: "numeric", month: "short" });
const MONTH = format({ month: "short", year: "2-digit" });
const YEAR = format({ year: "numeric" });

/** From the shortest step to the longest. */
const STEPS: readonly (readonly [interval: TimeInterval, label: Intl.DateTimeFormat])[] = [
  [timeMinute, TIME],
  [every(timeMinute, 5), TIME],
  [every(timeMinute, 15), TIME],
  [timeHour, TIME],
  [every(timeHour, 6), TIME],
  [timeDay, DAY],
  [timeMonday, DAY],
  [timeMonth, MONTH],
  [every(timeMonth, 3), MONTH],
  [every(timeMonth, 6), MONTH],
  [timeYear, YEAR],
  [every(timeYear, 5), YEAR],
  [every(timeYear, 20), YEAR],
];

/**
 * Round moments between two others that are `width` pixels apart.
 *
 * @param margins pixels at each end that stay free
 */
export function ticksOf(
  from: number,
  to: number,
  width: number,
  margins: readonly [number, number],
): { at: number; label: string }[] {
  const pixel = (to - from) / width;
  const [first, last] = [new Date(from + margins[0] * pixel), new Date(to - margins[1] * pixel)];
  const step = STEPS.find(([interval]) => lengthOf(interval, first) >= ROOM * pixel);
  if (!step) return [];
  const [interval, label] = step;
  return interval.range(first, last).map((moment) => ({ at: moment.valueOf(), label: label.format(moment) }));
}

/** The length of a step in ms. */
function lengthOf(interval: TimeInterval, near: Date): number {
  const start = interval.floor(near);
  return interval.offset(start, 1).valueOf() - start.valueOf();
}

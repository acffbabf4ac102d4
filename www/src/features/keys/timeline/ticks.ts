/** The dates below the time line: round ones, as many as fit. */

import { timeTickInterval } from "d3-time";

/** Pixels between two ticks, so that their labels do not touch. */
const ROOM = 76;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How a tick is labelled, by the step to the next one. */
const LABELS = [
  { from: 360 * DAY, format: new Intl.DateTimeFormat(undefined, { year: "numeric" }) },
  { from: 28 * DAY, format: new Intl.DateTimeFormat(undefined, { month: "short", year: "2-digit" }) },
  { from: DAY, format: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }) },
  { from: MINUTE, format: new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" }) },
];

export interface Tick {
  at: number;
  label: string;
}

/**
 * Round moments between two others that are `width` pixels apart.
 *
 * @param margins pixels at each end that stay free
 */
export function ticksOf(from: number, to: number, width: number, margins: readonly [number, number]): Tick[] {
  const pixel = (to - from) / width;
  const [first, last] = [from + margins[0] * pixel, to - margins[1] * pixel];
  // d3 chooses the round step that is nearest to the count, which may leave too little room.
  for (let count = Math.floor((last - first) / (ROOM * pixel)); count > 0; count--) {
    const interval = timeTickInterval(new Date(first), new Date(last), count);
    const moments = interval?.range(new Date(first), new Date(last)) ?? [];
    const [one] = moments;
    const format = one && interval && formatOf(interval.offset(one, 1).valueOf() - one.valueOf());
    if (!format || closest(moments) < ROOM * pixel) continue;
    return moments.map((moment) => ({ at: moment.valueOf(), label: format.format(moment) }));
  }
  return [];
}

/** The format for a step in ms; none below a minute. Days with a change to summer time have 23 hours. */
function formatOf(step: number): Intl.DateTimeFormat | undefined {
  return LABELS.find(({ from }) => step >= 0.95 * from)?.format;
}

/** The least time between two neighbours: a step of two days is one day at the end of a month. */
function closest(moments: readonly Date[]): number {
  return Math.min(...moments.slice(1).map((moment, index) => moment.valueOf() - (moments[index]?.valueOf() ?? 0)));
}

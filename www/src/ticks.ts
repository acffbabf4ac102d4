/** Dates below an axis: round ones, as many as there is room for. */

type Unit = "minute" | "hour" | "day" | "month" | "year";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps, with their length in ms. */
const STEPS: readonly { unit: Unit; count: number; length: number }[] = [
  { unit: "minute", count: 1, length: MINUTE },
  { unit: "minute", count: 5, length: 5 * MINUTE },
  { unit: "minute", count: 15, length: 15 * MINUTE },
  { unit: "hour", count: 1, length: HOUR },
  { unit: "hour", count: 6, length: 6 * HOUR },
  { unit: "day", count: 1, length: DAY },
  { unit: "day", count: 7, length: 7 * DAY },
  { unit: "month", count: 1, length: 30 * DAY },
  { unit: "month", count: 3, length: 91 * DAY },
  { unit: "month", count: 6, length: 182 * DAY },
  { unit: "year", count: 1, length: 365 * DAY },
  { unit: "year", count: 5, length: 5 * 365 * DAY },
  { unit: "year", count: 20, length: 20 * 365 * DAY },
];

/** Pixels from one to the next, so that labels do not touch. */
const ROOM = 76;

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
  const step = STEPS.find(({ length }) => length >= ROOM * pixel);
  if (!step) return [];
  const [first, last] = [from + margins[0] * pixel, to - margins[1] * pixel];
  const ticks = [];
  for (let at = roundUp(first, step); at < last; at = roundUp(at + 1, step)) {
    ticks.push({ at, label: labels[step.unit].format(at) });
  }
  return ticks;
}

/** The first moment of a step that is not before; by the calendar that people here have. */
function roundUp(at: number, { unit, count }: { unit: Unit; count: number }): number {
  const date = new Date(at);
  const ups: Record<Unit, () => void> = {
    minute: () => date.setMinutes(up(date.getMinutes(), count, date.getSeconds() + date.getMilliseconds()), 0, 0),
    hour: () => {
      const rest = date.getMinutes() + date.getSeconds() + date.getMilliseconds();
      date.setHours(up(date.getHours(), count, rest), 0, 0, 0);
    },
    day: () => {
      // Weeks begin on Mondays; days with themselves.
      const into = count === 7 ? (date.getDay() + 6) % 7 : 0;
      const whole = date.getHours() + date.getMinutes() + date.getSeconds() + date.getMilliseconds() === 0;
      date.setHours(0, 0, 0, 0);
      date.setDate(date.getDate() + (whole && into === 0 ? 0 : count - into));
    },
    month: () => {
      const rest = date.getDate() - 1 + (at - new Date(at).setHours(0, 0, 0, 0));
      date.setHours(0, 0, 0, 0);
      date.setMonth(up(date.getMonth(), count, rest), 1);
    },
    year: () => {
      const start = new Date(date.getFullYear(), 0, 1).valueOf();
      const year = up(date.getFullYear(), count, at - start);
      date.setTime(new Date(year, 0, 1).valueOf());
    },
  };
  ups[unit]();
  return date.valueOf();
}

/** The next multiple; the number itself where nothing is left over. */
function up(value: number, count: number, rest: number): number {
  return rest === 0 && value % count === 0 ? value : (Math.floor(value / count) + 1) * count;
}

const formats: Record<Unit, Intl.DateTimeFormatOptions> = {
  minute: { hour: "numeric", minute: "2-digit" },
  hour: { hour: "numeric", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  month: { month: "short", year: "2-digit" },
  year: { year: "numeric" },
};

const labels = Object.fromEntries(
  Object.entries(formats).map(([unit, format]) => [unit, new Intl.DateTimeFormat(undefined, format)]),
) as Record<Unit, Intl.DateTimeFormat>;

/** Which entries of the audit log are shown, as the page's address says it. */

/** How an operation ended; the codes are those of the package. */
export const OUTCOMES = ["done", "ERR_POLICY", "ERR_WRONG_FACTOR", "ERR_DECRYPT", "ERR_INTEGRITY", "ERR_STATE"] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** An absent member narrows nothing. */
export interface ActivityQuery {
  /** A key's id. */
  key?: string | undefined;
  operation?: string | undefined;
  outcome?: Outcome | undefined;
  /** The first and the last day, as `2026-11-30`. */
  from?: string | undefined;
  to?: string | undefined;
  /** Only entries before this number: where the page before ended. */
  before?: number | undefined;
  /** Another log than the one that is written, by its id. */
  log?: string | undefined;
  /** These entries alone, by their numbers: what an alert rests on. */
  entries?: readonly number[] | undefined;
}

/** An alert names a hundred entries at the most. */
const MOST_ENTRIES = 100;

const DAY = /^\d{4}-\d\d-\d\d$/;
const ID = /^[\w-]{1,64}$/;

/** The query that an address has after its `?`; what is none of its members is left out. */
export function parseQuery(text: string): ActivityQuery {
  const given = new URLSearchParams(text);
  const one = (name: string, shape: RegExp) => {
    const value = given.get(name);
    return value !== null && shape.test(value) ? value : undefined;
  };
  const outcome = given.get("outcome");
  const before = one("before", /^\d{1,15}$/);
  const entries = one("entries", /^\d{1,15}(,\d{1,15})*$/)?.split(",").map(Number);
  return {
    key: one("key", ID),
    operation: one("operation", /^\w{1,64}$/),
    outcome: OUTCOMES.find((known) => known === outcome),
    from: one("from", DAY),
    to: one("to", DAY),
    before: before === undefined ? undefined : Number(before),
    log: one("log", ID),
    entries: entries?.slice(0, MOST_ENTRIES),
  };
}

/** The same for an address. */
export function formatQuery(query: ActivityQuery): string {
  const members = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  // A comma needs no escape there.
  return new URLSearchParams(members.map(([name, value]) => [name, String(value)])).toString().replaceAll("%2C", ",");
}

/** Whether it narrows the log, apart from the page of it. */
export const isNarrowed = ({ key, operation, outcome, from, to, entries }: ActivityQuery): boolean =>
  [key, operation, outcome, from, to, entries].some((value) => value !== undefined);

/** Midnight by this device's clock, in milliseconds since 1970. @param days so many days later */
export function midnight(day: string, days = 0): number | undefined {
  const moment = new Date(`${day}T00:00`);
  moment.setDate(moment.getDate() + days);
  const at = moment.valueOf();
  // A date field takes the year 0001, and the log begins in 1970.
  return Number.isNaN(at) ? undefined : Math.max(0, at);
}

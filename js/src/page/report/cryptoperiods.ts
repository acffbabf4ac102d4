/** How long keys are used, as NIST SP 800-57 part 1 revision 5 suggests it (5.3.6, table 1). */
import type { KeyInfo, KeyVersion, Purpose } from "../../shared/model/key-info.js";

/** A row of the table. Periods of a range are held against their upper end. */
export interface Cryptoperiod {
  /** Its number in the table. */
  readonly row: number;
  /** The type of key. */
  readonly type: string;
  /** For how long such a key protects, as the table has it. */
  readonly originator: string;
  /** For how long it may open what it protected; "" where the table names none. */
  readonly recipient: string;
  /** Years from its activation after which it protects no more; `undefined` where the table gives no number. */
  readonly years: number | undefined;
  /** Years after the end of its protecting in which it still opens; `undefined` where the table gives no number. */
  readonly openYears: number | undefined;
}

const [TWO, MORE] = ["at most 2 years", "at most 3 years after that"];

/**
 * Which row a purpose falls into. A key for `encrypt` wraps data keys and values by A256KW; one for `share` is the static private key of ECDH-ES, whose
 * public half (row 14) has the same period.
 */
export const CRYPTOPERIODS: Readonly<Record<Purpose, Cryptoperiod>> = {
  encrypt: { row: 7, type: "Symmetric key-wrapping key", originator: TWO, recipient: MORE, years: 2, openYears: 3 },
  share: { row: 13, type: "Private static key-agreement key", originator: "1 to 2 years", recipient: "", years: 2, openYears: undefined },
  sign: { row: 1, type: "Private signature key", originator: "1 to 3 years", recipient: "", years: 3, openYears: undefined },
  mac: { row: 3, type: "Symmetric authentication key", originator: TWO, recipient: MORE, years: 2, openYears: 3 },
  verify: { row: 2, type: "Public signature-verification key", originator: "several years, by its size", recipient: "", years: undefined, openYears: undefined },
};

export function activatedAt({ history }: KeyVersion): number | undefined {
  return history.find(({ state }) => state === "active")?.at;
}

/** From when on the version should protect no more; `undefined` of one that was never active, and where the table gives no number. */
export function protectsUntil({ purpose }: KeyInfo, version: KeyVersion): number | undefined {
  const { years } = CRYPTOPERIODS[purpose];
  const from = activatedAt(version);
  return years === undefined || from === undefined ? undefined : yearsAfter(from, years);
}

/** When it came to protect no more, by its history; `undefined` while it does. */
export function protectedUntil({ history }: KeyVersion): number | undefined {
  const last = history.findLastIndex(({ state }) => state === "active");
  return last < 0 ? undefined : history[last + 1]?.at;
}

/** From when on it should open nothing more; `undefined` while it protects, and where the table gives no number. */
export function opensUntil({ purpose }: KeyInfo, version: KeyVersion): number | undefined {
  const { openYears } = CRYPTOPERIODS[purpose];
  const ended = protectedUntil(version);
  return openYears === undefined || ended === undefined ? undefined : yearsAfter(ended, openYears);
}

/** The same day so many years later, in UTC; of 29 February, 1 March. `undefined` for a clock that was far out. */
function yearsAfter(at: number, years: number): number | undefined {
  const date = new Date(at);
  const then = date.setUTCFullYear(date.getUTCFullYear() + years);
  return Number.isNaN(then) ? undefined : then;
}

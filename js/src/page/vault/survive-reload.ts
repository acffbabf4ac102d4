/** An unlock that survives a reload of the page, for minutes. */
import { ArgumentError } from "../../shared/errors/index.js";
import { optionsOf, type Checks } from "../../shared/options.js";
import { durationOf, milliseconds, type AutoLockOptions } from "./auto-lock.js";

/** For how long after a factor unlocked the vault a reload opens it again, in the same tab. */
export interface SurviveReloadOptions {
  /** ISO 8601, from 1 to 15 minutes: `"PT10M"`. A shorter limit of `autoLock` counts instead. No reload prolongs it. */
  for: string;
}

const SURVIVE_RELOAD = { for: minutesOf } satisfies Checks<SurviveReloadOptions>;
const MINUTE = 60_000;

/** @throws ArgumentError @internal */
export function checkSurviveReload(given: unknown): SurviveReloadOptions {
  const checked = optionsOf(given as SurviveReloadOptions, SURVIVE_RELOAD, "surviveReload");
  minutesOf(checked.for, "surviveReload.for");
  return checked;
}

function minutesOf(value: unknown, name: string): string {
  const duration = durationOf(value, name);
  const lasts = milliseconds(duration);
  if (lasts >= MINUTE && lasts <= 15 * MINUTE) return duration;
  throw new ArgumentError(`${name} must be from 1 to 15 minutes`);
}

/**
 * For how many milliseconds reloads open a vault that is kept so; `undefined` where none does.
 *
 * @throws ArgumentError where the vault locks itself whenever its page is reloaded @internal
 */
export function reloadLimit({
  surviveReload,
  autoLock = {},
}: {
  surviveReload?: SurviveReloadOptions | undefined;
  autoLock?: AutoLockOptions | undefined;
}): number | undefined {
  if (!surviveReload) return undefined;
  const { idle, after, hidden, leave } = autoLock;
  const limits = [surviveReload.for, idle, after, hidden].flatMap((limit) => (limit ? [milliseconds(limit)] : []));
  const least = Math.min(...limits);
  if (!leave && least > 0) return least;
  throw new ArgumentError("surviveReload and an autoLock that locks whenever the page is left contradict each other");
}

/** What a caller says of the rules for alerts, as a report keeps it. */
import type { AlertRules } from "../../shared/model/vault-alert.js";
import { membersOf } from "../../shared/options.js";

/**
 * A copy without members that are `undefined`, in the order of their names. Which rules and thresholds there are, `settingsOf` says.
 *
 * @throws ArgumentError for what is no plain object
 */
export function givenRules(rules: AlertRules | undefined): AlertRules {
  if (rules === undefined) return {};
  const copied = membersOf(rules, "rules").map(([rule, given]): [string, unknown] => {
    const isRule = typeof given === "object" && given !== null;
    return [rule, isRule ? withoutUndefined(membersOf(given, `rules.${rule}`)) : given];
  });
  return withoutUndefined(copied);
}

function withoutUndefined(members: readonly [string, unknown][]): object {
  const said = members.filter(([, value]) => value !== undefined);
  return Object.fromEntries(said.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Rules that look, with thresholds that were given: by their names, and the thresholds as "learn P0D, perHour 10". */
export function givenThresholds(rules: AlertRules): [rule: string, thresholds: string][] {
  return Object.entries(rules).flatMap(([rule, given]): [string, string][] => {
    const thresholds = Object.entries<unknown>(typeof given === "object" ? given : {});
    return thresholds.length > 0 ? [[rule, thresholds.map(([name, value]) => `${name} ${String(value)}`).join(", ")]] : [];
  });
}

/** For a person: "Off: backup. With given thresholds: spike (perHour 10)." */
export function rulesText(rules: AlertRules): string {
  const off = Object.entries(rules).flatMap(([rule, given]) => (given === false ? [rule] : []));
  const own = givenThresholds(rules).map(([rule, thresholds]) => `${rule} (${thresholds})`);
  if (off.length + own.length === 0) return "All, with their usual thresholds";
  return [...(off.length > 0 ? [`Off: ${off.join(", ")}.`] : []), ...(own.length > 0 ? [`With given thresholds: ${own.join(", ")}.`] : [])].join(" ");
}

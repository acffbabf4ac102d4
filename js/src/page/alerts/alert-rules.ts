/** The rules' thresholds and severities, and what a caller says of them. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { AlertRule, AlertRules, AlertSeverity } from "../../shared/model/vault-alert.js";
import { check, membersOf, optionsOf, type Check } from "../../shared/options.js";
import { durationOf, milliseconds } from "../vault/auto-lock.js";

/** OCSF's `severity_id` is the place in this list. */
const ALERT_SEVERITIES: readonly AlertSeverity[] = ["Informational", "Low", "Medium", "High", "Critical"];

/** A rule's thresholds, with durations in milliseconds; `undefined` for a rule that is off. */
export type RuleSettings = { readonly [Rule in AlertRule]: Settings<Rule> | undefined };
export type Settings<Rule extends AlertRule> = { readonly [Name in keyof (typeof DEFAULTS)[Rule]]: number };

/**
 * Why these numbers: docs/alerts.md has what they find, and how often they are wrong, on 90 days of ordinary use. Strings are
 * durations.
 */
const DEFAULTS = {
  failedUnlocks: { attempts: 5, within: "PT1H" },
  spike: { factor: 4, perHour: 100, perDay: 300, history: "P35D", learn: "P7D" },
  compromisedVersion: { uses: 1 },
  deactivatedVersion: { uses: 1, grace: "P30D" },
  refusals: { refusals: 5, within: "PT1H" },
  integrityErrors: { errors: 1, within: "PT1H" },
  decryptErrors: { errors: 5, within: "PT1H" },
  newLog: {},
  clock: { behind: "PT5M", entries: 3 },
  rotation: { grace: "P1D", maximumAge: "P730D" },
  backup: { after: "P30D" },
  rehearsal: { grace: "P0D" },
  review: { grace: "P0D" },
  lostEntries: { entries: 1 },
  logOff: {},
  brokenLog: {},
  cutLog: {},
} as const satisfies Record<AlertRule, Readonly<Record<string, number | string>>>;

const SEVERITY_OF: Readonly<Record<AlertRule, AlertSeverity>> = {
  failedUnlocks: "Medium",
  spike: "High",
  compromisedVersion: "High",
  deactivatedVersion: "Low",
  refusals: "Medium",
  integrityErrors: "High",
  decryptErrors: "Medium",
  newLog: "Medium",
  clock: "Medium",
  rotation: "Low",
  backup: "Low",
  rehearsal: "Low",
  review: "Low",
  lostEntries: "Low",
  logOff: "Medium",
  brokenLog: "Critical",
  cutLog: "Medium",
};

export function alertSeverity(rule: AlertRule): { severity: AlertSeverity; severityId: number } {
  const severity = SEVERITY_OF[rule];
  return { severity, severityId: ALERT_SEVERITIES.indexOf(severity) + 1 };
}

/** @throws ArgumentError for a rule or a threshold that there is not, and for one that makes no sense */
export function settingsOf(given: AlertRules | undefined): RuleSettings {
  const chosen = new Map<string, unknown>(given === undefined ? [] : membersOf(given, "rules"));
  for (const name of chosen.keys()) if (!Object.hasOwn(DEFAULTS, name)) throw new ArgumentError(`unknown rule \`rules.${name}\``);
  const settings = Object.entries(DEFAULTS).map(([rule, defaults]) => [rule, ruleSettings(chosen.get(rule), defaults, `rules.${rule}`)]);
  return Object.fromEntries(settings) as RuleSettings;
}

type Thresholds = Readonly<Record<string, number | string>>;

function ruleSettings(given: unknown, defaults: Thresholds, name: string): Readonly<Record<string, number>> | undefined {
  if (given === false) return undefined;
  const checks = Object.fromEntries(Object.entries(defaults).map(([of, usual]) => [of, checkLike(of, usual)]));
  const own = given === undefined || given === true ? {} : optionsOf<Thresholds>(given as Thresholds, checks, name);
  const all = Object.entries({ ...defaults, ...own });
  return Object.fromEntries(all.map(([of, value]) => [of, typeof value === "string" ? milliseconds(value) : value]));
}

/** A threshold is a duration where its default is one; a whole number of things otherwise, but for a factor. */
function checkLike(threshold: string, usual: number | string): Check {
  if (typeof usual === "string") return durationOf;
  return (value, name) => {
    const number = check.number(value, name) as number;
    const isWhole = threshold === "factor" ? Number.isFinite(number) : Number.isSafeInteger(number);
    if (isWhole && number >= 1) return number;
    throw new ArgumentError(`${name} must be ${threshold === "factor" ? "a number" : "a whole number"} of at least 1`);
  };
}

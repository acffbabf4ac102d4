/** Alerts: what rules find in a vault's audit log, its keys and its state. */

/** The words of OCSF for how severe an event is. */
export type AlertSeverity = "Informational" | "Low" | "Medium" | "High" | "Critical";

/**
 * The rules. Over the log: `failedUnlocks`, a burst of attempts with a wrong factor; `spike`, more uses of a key than ever before;
 * `compromisedVersion` and `deactivatedVersion`, uses of such a version; `refusals`, a key's policy that refuses again and again;
 * `integrityErrors` and `decryptErrors`, what does not open; `newLog`, a log that begins after another one, as on another device; `clock`,
 * a clock that was set back. Over the vault's state: `rotation`, `backup`, `rehearsal` and `review`, which are overdue. Over what the others
 * can see: `lostEntries`, `logOff`, `brokenLog`, and `cutLog`, a log that is too long to be looked at whole.
 */
export type AlertRule = keyof AlertThresholds;

/** The thresholds of each rule. Durations are ISO 8601, of weeks, days, hours, minutes and seconds: `"PT1H"`. */
export interface AlertThresholds {
  failedUnlocks: {
    /** How many attempts with a wrong factor: 5. */
    attempts?: number | undefined;
    /** Within what time of each other: `"PT1H"`. */
    within?: string | undefined;
  };
  spike: {
    /** How many times the uses of the key's busiest hour, or day: 4. */
    factor?: number | undefined;
    /** And no fewer uses in an hour: 100. */
    perHour?: number | undefined;
    /** And no fewer uses in a day: 300. */
    perDay?: number | undefined;
    /** How far back the key's history is looked at: `"P35D"`. */
    history?: string | undefined;
    /** How long the log has to know a key before its uses are judged: `"P7D"`. */
    learn?: string | undefined;
  };
  compromisedVersion: {
    /** How many uses of a version in a day, since it was compromised: 1. */
    uses?: number | undefined;
  };
  deactivatedVersion: {
    /** How many uses of a version: 1. */
    uses?: number | undefined;
    /** How long after it was deactivated nothing is told, in which to move what it protects: `"P30D"`. */
    grace?: string | undefined;
  };
  refusals: {
    /** How many refusals of one key's policy, those apart that ask for a factor: 5. */
    refusals?: number | undefined;
    /** Within what time of each other: `"PT1H"`. */
    within?: string | undefined;
  };
  integrityErrors: {
    /** How many operations that ended with `ERR_INTEGRITY`: 1. */
    errors?: number | undefined;
    /** Within what time of each other: `"PT1H"`. */
    within?: string | undefined;
  };
  decryptErrors: {
    /** How many operations that ended with `ERR_DECRYPT`: 5. */
    errors?: number | undefined;
    /** Within what time of each other: `"PT1H"`. */
    within?: string | undefined;
  };
  newLog: Record<never, never>;
  clock: {
    /** By how much it is behind: `"PT5M"`. */
    behind?: string | undefined;
    /** How many entries in a row are behind those that were written before them: 3. */
    entries?: number | undefined;
  };
  rotation: {
    /** How long after its time a rotation is overdue: `"P1D"`. */
    grace?: string | undefined;
    /** How old a version may be that protects, of a key without a schedule: `"P730D"`. */
    maximumAge?: string | undefined;
  };
  backup: {
    /** How long after the last backup one is overdue, if something was changed since: `"P30D"`. */
    after?: string | undefined;
  };
  rehearsal: {
    /** How long after its time the rehearsal of a recovery factor is overdue: `"P0D"`. */
    grace?: string | undefined;
  };
  review: {
    /** How long after its time the review of a policy (`reviewEvery`) is overdue: `"P0D"`. */
    grace?: string | undefined;
  };
  lostEntries: {
    /** How many entries could not be written: 1. */
    entries?: number | undefined;
  };
  logOff: Record<never, never>;
  brokenLog: Record<never, never>;
  cutLog: Record<never, never>;
}

/** Which rules look, and with which thresholds. All do with their defaults, unless something else is said; `false` turns one off. */
export type AlertRules = { [Rule in AlertRule]?: AlertThresholds[Rule] | boolean | undefined };

/** An entry that an alert is about. */
export interface AlertEntry {
  /** The log's id. */
  readonly log: string;
  /** The entry's number in that log. */
  readonly sequence: number;
}

/** What an alert rests on. */
export interface AlertEvidence {
  /** Entries of the audit log, the oldest first: the last 100 of them. */
  readonly entries: readonly AlertEntry[];
  /** The ids of the keys, versions, factors and logs that it is about. */
  readonly keys: readonly string[];
  readonly versions: readonly string[];
  readonly factors: readonly string[];
  readonly logs: readonly string[];
  /** What was counted, by name, and what it was held against. docs/alerts.md lists the names. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** Something that a rule found. */
export interface VaultAlert {
  /** The same whenever the same thing is found again: a page keeps it to know what was seen. It has ids of keys and logs in it. */
  readonly id: string;
  readonly rule: AlertRule;
  readonly severity: AlertSeverity;
  /** OCSF's `severity_id`: 1 for `Informational` to 5 for `Critical`. */
  readonly severityId: number;
  /** Since when it is so, in milliseconds since 1970, by this device's clock. */
  readonly at: number;
  /** A sentence for a person, with the names of keys in it. A page in another language makes its own from `rule` and `evidence`. */
  readonly message: string;
  readonly evidence: AlertEvidence;
}

/** What a check found, and what it could look at. */
export interface AlertReport {
  /** The most severe first, and of these the latest. */
  readonly alerts: readonly VaultAlert[];
  /** When it was looked, in milliseconds since 1970. */
  readonly at: number;
  /** What had ended by then is not told: `from` of the call, or later where the log has more entries than are looked at. */
  readonly from: number;
  /** How many entries the rules looked at, with those that tell what is usual. */
  readonly entries: number;
  /** How many of them this check had to read. */
  readonly read: number;
  /** Whether a log is written: without one, the rules over it see nothing. */
  readonly log: "written" | "stopped" | "none";
}

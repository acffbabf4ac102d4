/** From what is known of a vault to what is to be said of it. */
import type { FactorInfo, GateInfo } from "../../shared/model/factor-info.js";
import type { OrganisationInfo, RequiredFactor } from "../../shared/model/organisation.js";
import type {
  BackupCheck,
  ClockCheck,
  CollectorProblem,
  ContextCheck,
  DeviceCheck,
  EscrowCheck,
  EvictionCheck,
  FactorsCheck,
  GateCheck,
  HealthCheck,
  HealthFinding,
  HealthSeverity,
  KindsCheck,
  OrganisationCheck,
  PinsCheck,
  PolicyReviewCheck,
  RehearsalCheck,
  SpaceCheck,
  StorageCheck,
} from "../../shared/model/vault-health.js";
import { counted, DAY, kindsInWords } from "../../shared/sentences.js";
import type { RefreshFailure } from "../organisation/policy-refresher.js";
import type { DeviceTrial } from "./device-trials.js";
import type { StorageFacts } from "./storage-facts.js";

export interface HealthFacts {
  readonly now: number;
  readonly storage: StorageFacts;
  /** Whether the marker outside of the database names this vault. */
  readonly marked: boolean;
  readonly factors: readonly FactorInfo[];
  /** The kinds that it takes at once, where it takes two. */
  readonly requires?: readonly string[] | undefined;
  readonly devices: readonly DeviceTrial[];
  readonly backup: { readonly at: number; readonly changes: number } | undefined;
  /** Policies, of keys and of the vault, that were to be reviewed by now. */
  readonly overdueReviews: number;
  /** The policy of the vault's organisation. */
  readonly organisation?: OrganisationInfo | undefined;
  /** Keys that are not rotated within the time that it says. */
  readonly lateRotations: number;
  /** Why the organisation's policy could not be refreshed the last time. */
  readonly refreshFailure?: RefreshFailure | undefined;
  /** How the audit log comes to the organisation's collector from this page; `undefined` where the organisation names none. */
  readonly collecting: "shipped" | CollectorProblem | undefined;
  /** The latest time that the vault has noted. */
  readonly latest: number | undefined;
}

/** After these many days with changes a backup is old. */
const BACKUP_DAYS = 30;
/** How long after it was added a kit is to be tried, after a rehearsal within that time, and after each later one. */
const REHEARSALS = { first: 30 * DAY, second: 90 * DAY, later: 180 * DAY };
/** Room for a vault of 100,000 keys and its next vault key. */
const ENOUGH_SPACE = 256 * 1024 * 1024;
/** How long before its deadline a device is told of: people look at a page once a week. */
const EXPIRY_WARNING = 7 * DAY;
/** Clocks differ by so much. */
const CLOCK_SLACK = 5 * 60 * 1000;
const SEVERITIES: readonly HealthSeverity[] = ["critical", "warning", "notice", "ok"];
/** Kinds that stay where a device and a person's memory do not. */
const REQUIRED: Readonly<Record<RequiredFactor, string>> = {
  recovery: "a recovery kit or recovery shares",
  passphrase: "a passphrase",
  passkey: "a passkey",
  "recovery-kit": "a recovery kit",
  "recovery-shares": "recovery shares",
};
const RECOVERY: ReadonlySet<string> = new Set(["recovery-kit", "recovery-shares"]);

/** The worst first. */
export function checksOf(facts: HealthFacts): HealthCheck[] {
  const checks: HealthCheck[] = [
    contextCheck(facts.storage),
    storageCheck(facts.storage),
    ...spaceChecks(facts.storage),
    ...evictionChecks(facts),
    backupCheck(facts),
    factorsCheck(facts),
    ...pinsChecks(facts.factors),
    ...escrowChecks(facts.factors),
    ...gateChecks(facts.factors),
    ...kindsChecks(facts.factors),
    ...facts.factors.filter(isRecovery).map((kit) => rehearsalCheck(kit, facts.now)),
    ...facts.devices.map((trial) => deviceCheck(trial, facts.now)),
    ...reviewChecks(facts),
    ...organisationChecks(facts),
    ...refreshChecks(facts),
    clockCheck(facts),
  ];
  return SEVERITIES.flatMap((severity) => checks.filter((check) => check.severity === severity));
}

function found<Code extends string, Params extends object>(
  severity: HealthSeverity,
  code: Code,
  params: Params,
  message: string,
  advice?: string,
): HealthFinding<Code, Params> {
  return { severity, code, params, message, advice };
}

function contextCheck({ secure }: StorageFacts): ContextCheck {
  if (secure) return found("ok", "context-secure", {}, "The page came over a secure connection.");
  const message = "The page did not come over a secure connection: whoever is on the way can change its script.";
  return found("critical", "context-insecure", {}, message, "Open it by https.");
}

function storageCheck({ kept, persisted }: StorageFacts): StorageCheck {
  if (kept === "page") return found("ok", "storage-of-page", {}, "The vault is in a store of the page's own.");
  if (kept === "memory") {
    const message = "The vault is in memory alone: it is gone when the page is closed.";
    return found("warning", "storage-in-memory", {}, message, "Make a backup before the page is closed.");
  }
  if (persisted === true) return found("ok", "storage-persistent", {}, "The browser keeps the vault until somebody deletes it.");
  if (persisted === false) {
    const message = "The browser may remove the vault: when the disk is full, or when nobody opens the page for weeks.";
    const advice = "Allow persistent storage, install the page or bookmark it, and keep a backup elsewhere.";
    return found("warning", "storage-evictable", {}, message, advice);
  }
  const message = "The browser does not say whether it may remove the vault.";
  return found("notice", "storage-unknown", {}, message, "Keep a backup elsewhere.");
}

function spaceChecks({ kept, left }: StorageFacts): SpaceCheck[] {
  if (kept !== "indexeddb") return [];
  if (left === undefined) return [found("ok", "space-unknown", {}, "The browser does not say how much room there is left.")];
  const megabytes = Math.floor(left / (1024 * 1024)).toLocaleString("en");
  const message = `The browser has ${megabytes} MiB left for this site.`;
  if (left >= ENOUGH_SPACE) return [found("ok", "space-enough", { bytes: left }, message)];
  const advice = "Make room on this device: what cannot be written is refused, and a new vault key needs room for a whole vault.";
  return [found("warning", "space-low", { bytes: left }, message, advice)];
}

function evictionChecks({ storage, marked }: HealthFacts): EvictionCheck[] {
  if (storage.kept !== "indexeddb") return [];
  if (marked) return [found("ok", "eviction-told", {}, "If the browser removes the vault, the page will say so.")];
  const message = "If the browser removes the vault, the page cannot tell that it was there: it could keep no note beside the database.";
  return [found("notice", "eviction-untold", {}, message, "Allow the site to keep data.")];
}

function backupCheck({ backup, now }: HealthFacts): BackupCheck {
  if (!backup) {
    const message = "No backup was ever made: what this device loses is lost.";
    return found("warning", "backup-missing", {}, message, "Make a backup, and keep it on another device.");
  }
  const { at, changes } = backup;
  const days = daysSince(at, now);
  const message = `The last backup was made ${ago(days)}, and lacks ${counted(changes, "change")} since.`;
  if (changes === 0 || days < BACKUP_DAYS) return found("ok", "backup-recent", { at, changes }, message);
  return found("warning", "backup-old", { at, changes }, message, "Make a new backup.");
}

function factorsCheck({ factors, requires, devices }: HealthFacts): FactorsCheck {
  const opening = openingFactors(factors, devices);
  const spares = opening.filter(isRecovery);
  const params = { factors: opening.length };
  if (spares.length === 0) {
    const message = "Nothing on paper opens the vault: whoever forgets the passphrase or loses the device is locked out.";
    const advice = "Add a recovery kit, and keep it where the device is not.";
    return found("warning", "factors-without-recovery", params, message, advice);
  }
  if (requires) return pairCheck(requires, opening, spares);
  if (spares.length === opening.length) {
    const message = "Only what is on paper opens the vault.";
    return found("warning", "factors-single", {}, message, "Add a passphrase or a passkey.");
  }
  return found("ok", "factors-enough", params, `${opening.length} factors open the vault, and one of them at least is for recovery.`);
}

/** Whoever loses the only spare, and then one of two that have no second of their kind, is locked out for good. */
function pairCheck(requires: readonly string[], opening: readonly FactorInfo[], [spare, ...others]: readonly FactorInfo[]): FactorsCheck {
  const params = { factors: opening.length, requires };
  const both = `It takes ${kindsInWords(requires)} at once to open the vault`;
  const isSingle = (kind: string): boolean => opening.filter((factor) => factor.kind === kind).length < 2;
  if (!spare || others.length > 0 || !requires.some(isSingle)) {
    return found("ok", "factors-paired", params, `${both}, or what is on paper for recovery.`);
  }
  const message = `${both}. The only spare is ${onPaper(spare)}: without it, the loss of one of the two closes the vault for good.`;
  const advice = "Replace it at once if it is lost, or add a second spare: a recovery kit or recovery shares, kept elsewhere.";
  return found("notice", "factors-one-spare", { ...params, id: spare.id }, message, advice);
}

/** Without those of an organisation, those of a kind that is unknown, and devices whose time is over or whose key does not open the vault. */
function openingFactors(factors: readonly FactorInfo[], devices: readonly DeviceTrial[]): FactorInfo[] {
  const dead = new Set(devices.filter(({ opens }) => !opens).map(({ factor }) => factor.id));
  return factors.filter(({ id, kind, known }) => known && kind !== "escrow" && kind !== "kms" && !dead.has(id));
}

function pinsChecks(factors: readonly FactorInfo[]): PinsCheck[] {
  const ids = factors.filter((factor) => factor.known && !factor.pinned).map((factor) => factor.id);
  if (ids.length === 0) return [];
  const message = `The identity that signs for the vault now is unknown to ${counted(ids.length, "factor")}.`;
  return [found("warning", "factors-unpinned", { ids }, message, "Present each of them once while the vault is open, and add an organisation’s key anew in its place.")];
}

function escrowChecks(factors: readonly FactorInfo[]): EscrowCheck[] {
  const escrows = factors.filter(({ kind, known }) => known && kind === "escrow");
  if (escrows.length === 0) return [];
  const [ids, keys] = [escrows.map(({ id }) => id), escrows.flatMap(({ key }) => key ?? [])];
  const named = keys.map(({ thumbprint, kid }) => (kid === undefined ? thumbprint : `“${kid}” (${thumbprint})`)).join(", ");
  const whose = escrows.length === 1 ? "A key of an organisation opens" : `${escrows.length} keys of organisations open`;
  return [found("ok", "factors-escrowed", { ids, keys }, `${whose} the vault, too: ${named}.`)];
}

function gateChecks(factors: readonly FactorInfo[]): GateCheck[] {
  const idsOf = (is: (gate: GateInfo) => boolean): string[] => factors.filter(({ gate }) => gate && is(gate)).map(({ id }) => id);
  const [graced, unrenewed] = [idsOf(({ offlineGrace }) => offlineGrace !== undefined), idsOf(({ renews }) => !renews)];
  const checks: GateCheck[] = [];
  if (unrenewed.length > 0) {
    const message = "A new vault key does not end what a KMS answered before: the vault has no public key of the gate.";
    checks.push(found("warning", "gates-unrenewed", { ids: unrenewed }, message, "Add the gate anew in its place."));
  }
  if (graced.length > 0) {
    const message = "A device that asked a KMS opens the vault without it for a while, where it cannot be reached.";
    checks.push(found("ok", "gates-graced", { ids: graced }, message));
  }
  return checks;
}

function kindsChecks(factors: readonly FactorInfo[]): KindsCheck[] {
  const ids = factors.filter((factor) => !factor.known).map((factor) => factor.id);
  if (ids.length === 0) return [];
  const message = `This release does not know the kind of ${counted(ids.length, "factor")}.`;
  return [found("notice", "factors-unknown", { ids }, message, "Use the newer release that added it.")];
}

function rehearsalCheck(factor: FactorInfo, now: number): RehearsalCheck {
  const { id, added, rehearsedAt: at, shares } = factor;
  const due = rehearsalDue(added, at);
  const called = onPaper(factor).replace(/^t/, "T");
  const tried = at === undefined ? "never tried" : `last tried ${ago(daysSince(at, now))}`;
  if (due !== undefined && due > now) {
    const left = counted(Math.ceil((due - now) / DAY), "day");
    const message = at === undefined ? `${called} is to be tried in ${left}.` : `${called} was ${tried}; the next trial is in ${left}.`;
    return found("ok", "rehearsal-done", { id, at, due }, message);
  }
  const message = `${called} was ${tried}.`;
  const advice = shares
    ? `Ask the people who have them for ${shares.threshold} shares, and try them while the vault is open.`
    : "Fetch it from where it is kept, and try it while the vault is open.";
  return found("notice", "rehearsal-due", { id, at, due }, message, advice);
}

/** After 30 days, after 90 more, and then every 180. */
export function rehearsalDue(added: number | undefined, rehearsed: number | undefined): number | undefined {
  if (rehearsed === undefined) return added === undefined ? undefined : added + REHEARSALS.first;
  const early = added !== undefined && rehearsed - added < REHEARSALS.second;
  return rehearsed + (early ? REHEARSALS.second : REHEARSALS.later);
}

function deviceCheck({ factor: { id, name }, expires, opens }: DeviceTrial, now: number): DeviceCheck {
  const called = name === undefined ? "A device" : `The device “${name}”`;
  if (expires <= now) {
    const message = `${called} opens the vault no more: its time is over.`;
    return found("notice", "device-expired", { id, expires }, message, "Add the device again in its place, or revoke it.");
  }
  if (!opens) {
    const message = `${called} does not open the vault, though this browser has its key.`;
    return found("warning", "device-broken", { id, expires }, message, "Set the clock of this device right, or add the device again in its place.");
  }
  const message = `${called} opens the vault from this browser for ${counted(Math.ceil((expires - now) / DAY), "day")} more.`;
  if (expires - now > EXPIRY_WARNING) return found("ok", "device-opens", { id, expires }, message);
  return found("notice", "device-expiring", { id, expires }, message, "Add the device again in its place, with a factor that a person has.");
}

function reviewChecks({ overdueReviews: policies }: HealthFacts): PolicyReviewCheck[] {
  if (policies === 0) return [];
  const message = policies === 1 ? "A policy was to be reviewed by now." : `${policies} policies were to be reviewed by now.`;
  return [found("notice", "policies-unreviewed", { policies }, message, "Look whether each still says what it should, and set it again.")];
}

function organisationChecks({ organisation: told, now, lateRotations: keys, collecting }: HealthFacts): OrganisationCheck[] {
  if (!told) return [];
  const { organisation = "", name, sequence = 0, notAfter = 0, missingFactors = [], weakPassphrases: ids = [], missingEscrow, collector } = told;
  const called = name === undefined ? "The organisation’s policy" : `The policy of ${name}`;
  if (!told.supported) {
    const message = "The policy of the vault’s organisation is one of a later release: what it can refuse is refused.";
    return [found("warning", "organisation-unknown", {}, message, "Update this page.")];
  }
  const params = { organisation, sequence, notAfter };
  const checks: OrganisationCheck[] =
    now > notAfter
      ? [found("warning", "organisation-expired", params, `${called} has expired, and stays in force.`, "Get a newer one from the organisation.")]
      : [found("ok", "organisation-current", params, `${called} is in force, number ${sequence}.`)];
  if (missingFactors.length > 0) {
    const message = `${called} requires what the vault does not have: ${missingFactors.map((factor) => REQUIRED[factor] ?? factor).join(", ")}.`;
    checks.push(found("warning", "organisation-factors-missing", { factors: missingFactors }, message, "Add it while the vault is open."));
  }
  if (missingEscrow) {
    const message = `${called} requires that the organisation can open the vault, and it cannot.`;
    checks.push(found("warning", "organisation-escrow-missing", {}, message, "Add the organisation’s key while the vault is open, if you agree."));
  }
  if (ids.length > 0) {
    const message = `${called} requires passphrases that cost more to try than ${counted(ids.length, "passphrase")} of the vault.`;
    checks.push(found("warning", "organisation-passphrases-weak", { ids }, message, "Unlock the vault with each of them once."));
  }
  if (keys > 0) {
    const message = `${called} requires rotations within a time that ${counted(keys, "key")} will not be rotated in.`;
    checks.push(found("warning", "organisation-rotations-late", { keys }, message, "Set a shorter rotateEvery, or rotate them."));
  }
  if (collector !== undefined && collecting !== undefined) checks.push(collectorCheck(called, collector, collecting));
  return checks;
}

function refreshChecks({ refreshFailure: failure }: HealthFacts): OrganisationCheck[] {
  if (!failure) return [];
  const { error, failed } = failure;
  const message = `A later policy of the vault’s organisation could not be fetched or taken (${error}).`;
  return [found("warning", "organisation-refresh-failed", { error, failed }, message, "It is tried again within an hour. If that goes on, ask the organisation.")];
}

const COLLECTOR_PROBLEMS: Readonly<Record<CollectorProblem, readonly [string, string]>> = {
  "not-shipped": ["this page does not ship it", "Ship it there after each unlock."],
  elsewhere: ["this page ships it elsewhere alone", "Ship it there too, after each unlock."],
  failing: ["the last attempt failed", "Look at the shipment’s lastError."],
  stopped: ["no log is written", "Start the audit log again."],
};

function collectorCheck(called: string, collector: string, standing: "shipped" | CollectorProblem): OrganisationCheck {
  const required = `${called} requires the audit log to be shipped to ${collector}`;
  if (standing === "shipped") return found("ok", "organisation-collector-served", { collector }, `${required}, and this page does that.`);
  const [problem, advice] = COLLECTOR_PROBLEMS[standing];
  return found("warning", "organisation-collector-unserved", { collector, problem: standing }, `${required}, and ${problem}.`, advice);
}

function clockCheck({ latest, now }: HealthFacts): ClockCheck {
  if (latest === undefined || latest <= now + CLOCK_SLACK) {
    return found("ok", "clock-plausible", {}, "The device's clock is not behind what the vault has noted.");
  }
  const message = "The device's clock is behind a time that the vault has noted: dates are wrong, and what is due comes too late.";
  return found("warning", "clock-behind", { latest }, message, "Set the clock of this device.");
}

/** Takes a verb in the singular. */
function onPaper({ kind, name }: FactorInfo): string {
  const noun = kind === "recovery-shares" ? "the set of recovery shares" : "the recovery kit";
  return name === undefined ? noun : `${noun} “${name}”`;
}

export const isRecovery = ({ kind }: Pick<FactorInfo, "kind">): boolean => RECOVERY.has(kind);
const daysSince = (at: number, now: number): number => Math.max(0, Math.floor((now - at) / DAY));
const ago = (days: number): string => (days === 0 ? "today" : `${counted(days, "day")} ago`);

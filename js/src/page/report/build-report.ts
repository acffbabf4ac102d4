/** Writes a report's document. Loaded when one is asked for. */
import type { ReportDocument, ReportLine } from "../../shared/model/report-document.js";
import { RELEASE } from "../../shared/release.js";
import { frozen } from "../../shared/text.js";
import * as key from "./key-lines.js";
import type { ToldLine } from "./line-parts.js";
import * as log from "./log-lines.js";
import * as move from "./move-lines.js";
import { policyChangesLine } from "./policy-changes.js";
import { citationsOf } from "./report-citations.js";
import { factsOf, type ReportFacts, type ReportRequest, type ReportSource } from "./report-facts.js";
import { limitsOf, type KnownLimits } from "./report-limits.js";
import { LINES, SECTION_TITLES, SECTIONS, type LineId } from "./report-lines.js";
import { VaultReport } from "./vault-report.js";
import * as vault from "./vault-lines.js";

const DISCLAIMER =
  "This report is evidence of how the keys of one vault are managed. It is no certification, and whether a requirement is met is for an assessor to say.";

const SCOPE = [
  "It tells what the vault has noted of its named keys and its factors, and what the audit log of this device has. It looks at no procedure, person, server or other device.",
  "The log has what was done on this device alone. Changes of keys that another device made are in the vault once they were merged.",
  "All times are by the clock of the device that did it. A line without a limit was looked at whole; what was not looked at stands in the limits, and lines name them.",
  "The citations say which texts a line speaks to. None is met by a line alone.",
];

const TELLERS: Readonly<Record<LineId, (facts: ReportFacts) => ToldLine>> = {
  register: key.registerLine,
  algorithms: key.algorithmsLine,
  generated: move.generatedLine,
  cryptoperiods: key.cryptoperiodsLine,
  "rotations-due": key.rotationsDueLine,
  "rotations-done": move.rotationsDoneLine,
  "vault-key": log.vaultKeyLine,
  storage: vault.storageLine,
  "last-backup": vault.lastBackupLine,
  backups: log.backupsLine,
  rehearsals: vault.rehearsalsLine,
  retained: key.retainedLine,
  unlocks: log.unlocksLine,
  "failed-unlocks": log.failedUnlocksLine,
  uses: log.usesLine,
  merges: log.mergesLine,
  exports: log.exportsLine,
  retired: move.retiredLine,
  compromised: move.compromisedLine,
  "revoked-factors": log.revokedFactorsLine,
  destroyed: move.destroyedLine,
  scheduled: key.scheduledLine,
  shredded: log.shreddedLine,
  policies: key.policiesLine,
  "vault-policy": vault.vaultPolicyLine,
  "organisation-policy": vault.organisationLine,
  "policy-changes": policyChangesLine,
  factors: vault.factorsLine,
  "factor-changes": log.factorChangesLine,
  refusals: log.refusalsLine,
  errors: log.errorsLine,
  alerts: vault.alertsLine,
  logs: vault.logsLine,
  checkpoint: vault.checkpointLine,
};

const UNEXAMINED = "Nothing was looked at, so that nothing can be said.";
const PARTIAL = " Not all was looked at.";

export async function buildReport(source: ReportSource, request: ReportRequest): Promise<VaultReport> {
  const facts = await factsOf(source, request);
  const known = limitsOf(facts);
  const sections = SECTIONS.map(([id, lines]) => ({
    id,
    title: SECTION_TITLES[id],
    lines: lines.map((line) => lineOf(line, facts, known)),
  }));
  const cited = new Set(sections.flatMap(({ lines }) => lines.flatMap(({ cites }) => cites)));
  const { id, name } = source.vault;
  const document: ReportDocument = {
    format: "strongroom-report-1",
    disclaimer: DISCLAIMER,
    scope: SCOPE,
    release: RELEASE,
    vault: { id, ...(facts.names && { name }) },
    at: facts.at,
    period: { from: facts.period.from, to: facts.period.to },
    names: facts.names,
    reasons: facts.reasons,
    rules: facts.rules,
    limits: known.limits,
    sections,
    citations: citationsOf(cited),
  };
  return new VaultReport(frozen(document));
}

function lineOf(id: LineId, facts: ReportFacts, known: KnownLimits): ReportLine {
  const { title, source, covers, cites } = LINES[id];
  const { count, found, none, figures = {}, columns = [], rows = [] } = TELLERS[id](facts);
  const limits = known.of(LINES[id]);
  const fixed = { id, title };
  const about = { source, covers };
  // Without a log, what its lines count is not zero but unknown.
  if (source === "log" && facts.logs.state === "none") {
    return { ...fixed, status: "not-examined", statement: UNEXAMINED, ...about, figures: {}, columns: [], rows: [], limits, cites };
  }
  const told = count > 0 ? found : none;
  const statement = limits.length > 0 ? told + PARTIAL : told;
  const status = limits.length > 0 ? "partial" : count > 0 ? "found" : "none";
  return { ...fixed, status, statement, ...about, figures, columns: rows.length > 0 ? columns : [], rows, limits, cites };
}

/** The lines of a report, in their order, and what each speaks to. */
import type { ReportLine, ReportSectionId } from "../../shared/model/report-document.js";
import type { CitationId } from "./report-citations.js";

/** What is fixed of a line. */
export interface LinePlan extends Pick<ReportLine, "title" | "source" | "covers"> {
  readonly id: LineId;
  readonly cites: readonly CitationId[];
}

type Plan = readonly [title: string, source: ReportLine["source"], covers: ReportLine["covers"], ...cites: CitationId[]];

export const SECTION_TITLES: Readonly<Record<ReportSectionId, string>> = {
  generating: "Generating",
  renewing: "Renewing",
  storing: "Storing",
  "backing-up": "Backing up",
  archiving: "Archiving",
  retrieving: "Retrieving",
  transmitting: "Transmitting",
  retiring: "Retiring",
  revoking: "Revoking",
  destroying: "Destroying",
  protecting: "Protecting",
  recording: "Recording",
};

const PLANS = {
  generating: {
    register: ["Keys and their versions", "state", "now", "dora-7-1", "nist-5.3.6", "nist-7", "pci-3.6.1.1", "pci-3.7.4", "soc2-cc6.1", "iso-a.8.24"],
    algorithms: ["Algorithms in use", "state", "now", "dora-6-4", "nist-5.6.1", "pci-3.6.1.1", "pci-3.7.1", "pci-12.3.3", "hipaa-a-2-iv", "iso-a.8.24"],
    generated: ["Versions that were made or brought in", "state", "period", "dora-7-1", "pci-3.7.1", "pci-3.7.7", "iso-a.8.24"],
  },
  renewing: {
    cryptoperiods: ["Cryptoperiods of what protects now", "state", "now", "dora-7-1", "nist-5.3.6", "pci-3.7.4", "iso-a.8.24"],
    "rotations-due": ["Rotation schedules", "state", "now", "dora-7-1", "nist-8.2.3", "pci-3.7.4"],
    "rotations-done": ["Rotations done", "state", "period", "dora-7-1", "nist-8.2.3", "pci-3.7.4"],
    "vault-key": ["Rotations of the vault key", "log", "period", "dora-7-1", "nist-8.2.3", "pci-3.7.4"],
  },
  storing: {
    storage: ["How the vault is kept", "state", "now", "dora-7-1", "dora-7-2", "pci-3.6.1", "pci-3.6.1.2", "pci-3.7.3", "hipaa-a-2-iv", "soc2-cc6.1", "iso-a.8.24"],
  },
  "backing-up": {
    "last-backup": ["The last backup", "state", "now", "dora-7-1", "dora-7-2", "nist-8.2.2.1"],
    backups: ["Backups", "log", "period", "dora-7-1", "dora-7-2", "nist-8.2.2.1"],
    rehearsals: ["Rehearsals of recovery factors", "state", "now", "dora-7-2", "dora-7-3", "nist-8.2.2.1"],
  },
  archiving: {
    retained: ["Versions that are kept to open what they protected", "state", "now", "dora-7-1", "nist-5.3.6", "nist-8.3.1", "pci-3.7.5"],
  },
  retrieving: {
    unlocks: ["Unlocks, and factors that were presented", "log", "period", "dora-7-1", "hipaa-a-1", "hipaa-b", "hipaa-d", "soc2-cc6.1"],
    "failed-unlocks": ["Attempts with a wrong factor", "log", "period", "dora-7-2", "hipaa-b", "hipaa-d", "soc2-cc6.1"],
    uses: ["Uses of keys", "log", "period", "dora-7-1", "hipaa-b", "soc2-cc6.1"],
    merges: ["Backups that were merged", "log", "period", "dora-7-1", "dora-7-3", "nist-8.2.2.1", "pci-3.7.7"],
  },
  transmitting: {
    exports: ["Exports of secret keys", "log", "period", "dora-7-1", "pci-3.6.1", "pci-3.7.2", "hipaa-b", "soc2-cc6.1"],
  },
  retiring: {
    retired: ["Versions that were retired or suspended", "state", "period", "dora-7-1", "nist-7", "pci-3.7.5"],
  },
  revoking: {
    compromised: ["Versions that others may have", "state", "period", "dora-7-1", "dora-7-3", "nist-7", "nist-8.2.3", "pci-3.7.5"],
    "revoked-factors": ["Factors that were revoked or replaced", "log", "period", "dora-7-2", "dora-7-3", "hipaa-a-1", "soc2-cc6.1"],
  },
  destroying: {
    destroyed: ["Versions that were destroyed", "state", "period", "dora-7-1", "nist-8.3.4", "pci-3.7.5"],
    scheduled: ["Destructions that are scheduled", "state", "now", "dora-7-1", "nist-8.3.4", "pci-3.7.5"],
    shredded: ["Objects that were shredded", "log", "period", "dora-7-1", "nist-8.3.4", "hipaa-c-1"],
  },
  protecting: {
    policies: ["Policies of keys and their last review", "state", "now", "dora-7-2", "pci-3.6.1", "hipaa-a-1", "soc2-cc6.1", "iso-a.8.24"],
    "vault-policy": ["The vault’s own policy and its last review", "state", "now", "dora-7-2", "pci-3.6.1", "hipaa-a-1", "soc2-cc6.1", "iso-a.8.24"],
    "organisation-policy": ["The policy of the vault’s organisation", "state", "now", "dora-7-2", "pci-3.6.1", "hipaa-a-1", "soc2-cc6.1", "iso-a.8.24"],
    "policy-changes": ["Changes of policies", "both", "period", "dora-7-2", "pci-3.6.1", "hipaa-b", "soc2-cc6.1"],
    factors: ["What opens the vault", "state", "now", "dora-7-2", "pci-3.6.1", "hipaa-a-1", "hipaa-d", "soc2-cc6.1"],
    "factor-changes": ["Factors that were added or changed", "log", "period", "dora-7-2", "pci-3.7.7", "hipaa-b", "soc2-cc6.1"],
    refusals: ["Refusals by policies", "log", "period", "dora-7-2", "hipaa-a-1", "hipaa-b", "soc2-cc6.1"],
    errors: ["Other operations that failed", "log", "period", "dora-7-2", "hipaa-b", "hipaa-c-1"],
    alerts: ["Alerts", "both", "period", "dora-7-2", "hipaa-b", "soc2-cc6.1"],
  },
  recording: {
    logs: ["Verification of the audit log", "log", "now", "dora-7-2", "hipaa-b", "hipaa-c-1"],
    checkpoint: ["Signed checkpoint", "log", "now", "hipaa-b", "hipaa-c-1"],
  },
} as const satisfies Readonly<Record<ReportSectionId, Readonly<Record<string, Plan>>>>;

type LinesOf<Section extends ReportSectionId> = keyof (typeof PLANS)[Section] & string;
export type LineId = { [Section in ReportSectionId]: LinesOf<Section> }[ReportSectionId];

/** Each section, and its lines by their ids. */
export const SECTIONS: readonly (readonly [ReportSectionId, readonly LineId[]])[] = Object.entries(PLANS).map(([section, lines]) => [
  section as ReportSectionId,
  Object.keys(lines) as LineId[],
]);

export const LINES = Object.fromEntries(
  Object.values(PLANS).flatMap((lines) =>
    Object.entries<Plan>(lines).map(([id, [title, source, covers, ...cites]]): [string, LinePlan] => [id, { id: id as LineId, title, source, covers, cites }]),
  ),
) as Record<string, LinePlan> as Readonly<Record<LineId, LinePlan>>;

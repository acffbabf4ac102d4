/** Carries out actions on keys: first their consequences, then the action, then its report. */

import { batch, signal } from "@preact/signals";
import type { ApprovalProposal, DestructionReport, KeyPolicy, ObjectPage, RevocationReport, VaultKey } from "strongroom";
import { explain } from "../../../app/explain";
import { askingFactor, declinedRule } from "../../../app/factor-request";
import { notify } from "../../../app/notice";
import { addressOf, goTo } from "../../../app/route";
import type { Scope } from "../../../app/scope";
import type { ApprovalsModel } from "../../approvals/model";
import { backupsOf } from "../../vault/backups";
import { NAMED_FILES } from "../dependents/named-files";
import { labelOf, targetOf, type KeyAction } from "./key-actions";

/** What is known of an action's consequences beforehand. */
export interface ActionFacts {
  /** Files of the inventory that depend on the version, or on any of the key's. */
  files: number;
  /** The first of them. */
  protects: ObjectPage;
  /** The key as it is now, with its last use. */
  key: VaultKey;
  /** When the backups were saved that contain it, in milliseconds since 1970. */
  backups: readonly number[];
}

/** The choices in the dialog. */
export interface ActionChoices {
  reason?: string;
  compromised?: boolean;
  /** Rotates at once, so that the key stays usable. */
  replace?: boolean;
  /** Leaves the new version inactive. */
  inactive?: boolean;
  days?: number;
  force?: boolean;
}

export type ActionReport =
  | {
      about: "revoked";
      action: KeyAction;
      report: RevocationReport<VaultKey>;
      /** Why there is no new version in its place, in sentences; `undefined` where there is one, or none was wanted. */
      unreplaced: string | undefined;
    }
  | { about: "destroyed"; action: KeyAction; report: DestructionReport<VaultKey> };

/** Reads again what shows the key. */
type Refresh = () => Promise<void>;

export class KeyActions {
  readonly #scope: Scope;
  readonly #approvals: ApprovalsModel;
  readonly #refresh: Refresh;
  readonly #considered = signal<KeyAction | undefined>(undefined);
  readonly #report = signal<ActionReport | undefined>(undefined);

  constructor(scope: Scope, approvals: ApprovalsModel, refresh: Refresh) {
    this.#scope = scope;
    this.#approvals = approvals;
    this.#refresh = refresh;
  }

  /** The action whose consequences are shown. */
  get considered(): KeyAction | undefined {
    return this.#considered.value;
  }

  /** The outcome of a revocation or a destruction, until it is closed. */
  get report(): ActionReport | undefined {
    return this.#report.value;
  }

  consider(action: KeyAction): void {
    this.#considered.value = action;
  }

  cancel(): void {
    this.#considered.value = undefined;
  }

  closeReport(): void {
    this.#report.value = undefined;
  }

  /** Shows what is left of a key, or of a version of it, that was destroyed otherwise than by its dialog. */
  async reportDestroyed(action: KeyAction, report: DestructionReport<VaultKey>): Promise<void> {
    this.#report.value = { about: "destroyed", action, report };
    await this.#refresh();
  }

  async factsOf({ key, version }: KeyAction): Promise<ActionFacts> {
    const { vault } = this.#scope;
    const protects = await vault.objects.page({ key: key.id, version: version?.id, limit: NAMED_FILES });
    const since = version?.created ?? key.created;
    return { files: protects.total, protects, key: await vault.keys.get(key.id), backups: backupsOf(vault).filter((at) => at >= since) };
  }

  async carryOut(action: KeyAction, choices: ActionChoices): Promise<void> {
    const work = () => perform(action, choices);
    const proposal = proposalOf(action, choices);
    const outcome = await (proposal ? this.#approvals.offering(work, proposal, choices.reason, () => this.cancel()) : work());
    // Locked meanwhile: nothing shows it any more.
    if (this.#scope.signal.aborted) return;
    // One dialog replaces the other.
    batch(() => {
      this.#considered.value = undefined;
      this.#report.value = outcome;
    });
    // The version stays in view, even if another one is the primary version now.
    if (action.version) goTo(addressOf.key(action.key.id, action.version.number));
    // A report says it itself.
    if (!outcome) notify(capitalised(labelOf(action).done(targetOf(action))));
    await this.#refresh();
  }

  /** Changes a key's name, labels or rotation period. */
  async update(
    key: VaultKey,
    changes: { alias: string; labels: Readonly<Record<string, string>>; rotateEvery: string | null },
  ): Promise<void> {
    await key.update(changes);
    notify(`“${changes.alias}” is updated.`);
    await this.#refresh();
  }

  /** @param policy `null` takes it away */
  async setPolicy(key: VaultKey, policy: KeyPolicy | null, reason: string | undefined): Promise<void> {
    const work = () => key.setPolicy(policy, { reason });
    await this.#approvals.offering(work, { operation: "setPolicy", key, policy }, reason);
    notify(policy ? `“${key.alias}” has a new policy.` : `“${key.alias}” has no policy any more.`);
    await this.#refresh();
  }

  /** Ends a session key, which exists in memory alone. */
  async end(key: VaultKey): Promise<void> {
    await key.end();
    notify(`“${key.alias}” has ended.`);
    await this.#refresh();
  }
}

async function perform(action: KeyAction, choices: ActionChoices): Promise<ActionReport | undefined> {
  const { reason, compromised, replace, inactive, days, force } = choices;
  const { name, key, version } = action;
  const whole = version ?? key;
  const one = version ?? key.primaryVersion;
  switch (name) {
    case "rotate":
      await key.rotate({ activate: !inactive });
      return undefined;
    case "revoke": {
      const report = await one.revoke({ reason: reason || undefined, compromised });
      return { about: "revoked", action, report, unreplaced: replace ? await replacing(report.key) : undefined };
    }
    case "scheduleDestroy":
      return {
        about: "destroyed",
        action,
        report: await whole.scheduleDestroy({ after: afterDays(days), force, reason: reason || undefined }),
      };
    case "destroy":
      return { about: "destroyed", action, report: await whole.destroy({ force, reason: reason || undefined }) };
    case "cancelDestroy":
      await whole.cancelDestroy();
      return undefined;
    default:
      await one[name]();
      return undefined;
  }
}

/** What somebody else would have to approve: exactly what `perform` does. */
function proposalOf({ name, key, version }: KeyAction, { days, force }: ActionChoices): ApprovalProposal | undefined {
  if (name === "destroy") return { operation: name, key, version: version?.id, force };
  if (name === "scheduleDestroy") return { operation: name, key, version: version?.id, after: afterDays(days), force };
  return undefined;
}

const afterDays = (days = 30): string => `P${days}D`;

/**
 * Rotates a key whose version is revoked: the revocation is done, and has to be reported whatever comes of this.
 *
 * @returns why there is no new version
 */
async function replacing(key: VaultKey): Promise<string | undefined> {
  try {
    await askingFactor(() => key.rotate());
    return undefined;
  } catch (error) {
    const why = declinedRule(error) ? "A policy asks for a factor, and none was presented." : explain(error);
    return `The version is revoked, but no new version was created. ${why} Rotate the key before you encrypt with it again.`;
  }
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

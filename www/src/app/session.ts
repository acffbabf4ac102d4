/**
 * One session per unlocked vault. It owns everything that only an unlocked vault shows: models with their signals,
 * and pending work. Disposing it forgets all of that.
 */

import { signal, type ReadonlySignal } from "@preact/signals";
import type { StrongroomError, Vault } from "strongroom";
import { ActivityModel } from "../features/activity/model";
import { AlertsModel } from "../features/alerts/model";
import { ApprovalsModel } from "../features/approvals/model";
import { FactorsModel } from "../features/factors/model";
import { FilesModel } from "../features/files/model";
import { HealthModel } from "../features/health/model";
import { KeysModel } from "../features/keys/model";
import { VaultPolicyModel } from "../features/policies/vault-policy";
import { refreshObjects } from "../features/provider/model";
import { TransferQueue } from "../features/transfers/queue";
import { listenForRequests } from "./factor-request";
import { notifyError } from "./notice";
import type { Scope } from "./scope";

let count = 0;

export class Session {
  readonly id = `session ${++count}`;
  readonly vault: Vault;
  readonly transfers: TransferQueue;
  readonly files: FilesModel;
  readonly keys: KeysModel;
  readonly factors: FactorsModel;
  readonly health: HealthModel;
  readonly activity: ActivityModel;
  readonly alerts: AlertsModel;
  readonly approvals: ApprovalsModel;
  readonly policy: VaultPolicyModel;
  readonly #end = new AbortController();

  /** @param onLock called when the vault is locked by something else than this page's own controls */
  constructor(vault: Vault, onLock: (reason: StrongroomError) => void) {
    const { signal: ended } = this.#end;
    const fail = (error: unknown) => {
      if (!ended.aborted) notifyError(error);
    };
    const scope: Scope = { vault, signal: ended, fail };
    this.vault = vault;
    vault.addEventListener("lock", ({ detail }) => onLock(detail.reason), { signal: ended });
    this.transfers = new TransferQueue(ended, refreshObjects);
    this.files = new FilesModel(scope, this.transfers);
    this.approvals = new ApprovalsModel(scope);
    this.policy = new VaultPolicyModel(scope, this.approvals);
    this.keys = new KeysModel(scope, this.files, this.approvals);
    this.factors = new FactorsModel(scope);
    this.health = new HealthModel(scope);
    this.activity = new ActivityModel(scope, this.files, this.factors);
    this.alerts = new AlertsModel(scope);
  }

  /** Whether closing the page would lose something. */
  get isBusy(): boolean {
    return this.transfers.isBusy || this.keys.isRewrapping;
  }

  dispose(): void {
    this.#end.abort();
  }
}

const current = signal<Session | undefined>(undefined);

/** The session of the unlocked vault; `undefined` while none is unlocked. */
export const session: ReadonlySignal<Session | undefined> = current;

export function startSession(vault: Vault, onLock: (reason: StrongroomError) => void): Session {
  endSession();
  const started = new Session(vault, onLock);
  current.value = started;
  listenForRequests(true);
  return started;
}

export function endSession(): void {
  listenForRequests(false);
  current.peek()?.dispose();
  current.value = undefined;
}

/** The policy of the vault itself. */

import { signal } from "@preact/signals";
import type { VaultPolicy, VaultPolicyInfo } from "strongroom";
import { coalesced } from "../../app/coalesced";
import { notify } from "../../app/notice";
import type { Scope } from "../../app/scope";
import type { ApprovalsModel } from "../approvals/model";

export class VaultPolicyModel {
  /** Reads it again. */
  readonly refresh: () => Promise<void>;
  readonly #scope: Scope;
  readonly #approvals: ApprovalsModel;
  readonly #info = signal<VaultPolicyInfo | undefined>(undefined);

  constructor(scope: Scope, approvals: ApprovalsModel) {
    this.#scope = scope;
    this.#approvals = approvals;
    this.refresh = coalesced(() => this.#read().catch(scope.fail));
  }

  /** `undefined` until it was read. */
  get info(): VaultPolicyInfo | undefined {
    return this.#info.value;
  }

  /** @param policy `null` takes it away */
  async set(policy: VaultPolicy | null, reason: string | undefined): Promise<void> {
    const { vault } = this.#scope;
    const work = () => vault.setPolicy(policy, { reason });
    this.#info.value = await this.#approvals.offering(work, { operation: "setVaultPolicy", policy }, reason);
    notify(policy ? "The vault has a new policy." : "The vault has no policy any more.");
  }

  async #read(): Promise<void> {
    const { vault, signal: ended } = this.#scope;
    const info = await vault.policy();
    if (!ended.aborted) this.#info.value = info;
  }
}

/** What somebody else has to approve of this vault, and what this vault's owner approves of others. */

import { signal } from "@preact/signals";
import {
  ApprovalError,
  MalformedError,
  PolicyError,
  StrongroomError,
  TooLargeError,
  UnsupportedError,
  type ApprovalProposal,
  type ApprovalRequest,
  type DestructionReport,
  type KeyPolicy,
  type PresentedFactor,
  type VaultKey,
  type VaultPolicy,
} from "strongroom";
import { ApprovalNeeded } from "../../app/approval-needed";
import { coalesced } from "../../app/coalesced";
import { explain } from "../../app/explain";
import { notify } from "../../app/notice";
import { addressOf, goTo } from "../../app/route";
import type { Scope } from "../../app/scope";
import { Problem } from "../../ui/problem";
import { saveAs } from "../../ui/save";

/** What a key that is made to approve is called. */
const APPROVER_ALIAS = "approvals";

/** Who approves is there when it is done: a script alone does not approve. */
const APPROVER_POLICY: KeyPolicy = { freshFactor: { within: "PT1M", operations: ["sign", "export", "setPolicy"] } };

/** Keys to choose from. */
const OFFERED = 50;

/** A key that signs approvals. */
export interface ApproverKey {
  id: string;
  alias: string;
  /** What a policy names its owner by. */
  thumbprint: string;
}

export class ApprovalsModel {
  /** Reads the requests again. */
  readonly refresh: () => Promise<void>;
  readonly #scope: Scope;
  readonly #open = signal<readonly ApprovalRequest[] | undefined>(undefined);
  readonly #keys = signal<readonly ApproverKey[] | undefined>(undefined);
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
    this.refresh = coalesced(() => this.#read().catch(scope.fail));
    scope.signal.addEventListener("abort", () => clearTimeout(this.#expiry));
    void this.refresh();
  }

  /** Requests of this device that are open, the latest first; `undefined` until they were read. */
  get open(): readonly ApprovalRequest[] | undefined {
    return this.#open.value;
  }

  /** Keys of this vault that can approve; `undefined` until they were read. */
  get keys(): readonly ApproverKey[] | undefined {
    return this.#keys.value;
  }

  /** Whether one of them was made for that. */
  get hasOwnKey(): boolean {
    return this.keys?.some(({ alias }) => alias === APPROVER_ALIAS) ?? false;
  }

  /**
   * Does something; where a policy wants an approval of it, the refusal can ask for one.
   *
   * @param proposal exactly what is done
   * @param asked called once it was asked for
   */
  async offering<T>(work: () => Promise<T>, proposal: ApprovalProposal, reason: string | undefined, asked?: () => void): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PolicyError) || error.rule !== "approval") throw error;
      throw new ApprovalNeeded(explain(error), async () => {
        await this.ask(proposal, reason);
        asked?.();
      });
    }
  }

  /** Asks for an approval, and leads to the request. @throws Problem */
  async ask(proposal: ApprovalProposal, reason: string | undefined): Promise<void> {
    try {
      await this.#scope.vault.approvals.request(proposal, { reason: reason || undefined });
    } catch (error) {
      if (error instanceof TooLargeError) throw new Problem("16 requests can be open at a time, and none can be very long. Take one back under “Approvals” first.");
      throw error;
    }
    await this.refresh();
    notify("The request is ready. Send its text to whoever approves it.");
    goTo(addressOf.approvals);
  }

  async cancel({ id }: ApprovalRequest): Promise<void> {
    await this.#scope.vault.approvals.cancel(id).finally(() => this.refresh());
    notify("The request is taken back: no approval of it holds any more.");
  }

  /**
   * Does what was requested, with exactly its arguments and its reason.
   *
   * @param approval what the approvers have signed
   * @param factor one that opens the vault, for an export
   * @returns what is left of a key that is destroyed, or will be
   * @throws Problem
   */
  async carryOut(request: ApprovalRequest, approval: readonly string[], factor?: PresentedFactor): Promise<DestructionReport<VaultKey> | undefined> {
    try {
      return await this.#perform(request, approval, factor);
    } catch (error) {
      if (error instanceof MalformedError || error instanceof UnsupportedError) {
        throw new Problem("This is no approval. Paste all of the text that the approver has sent.", "approval");
      }
      if (error instanceof PolicyError && error.rule === "approval") {
        throw new Problem("The approval is valid, but the policy asks for another person’s, or for those of more people. Add theirs.", "approval");
      }
      if (error instanceof ApprovalError) throw new Problem(explain(error), "approval");
      throw error;
    } finally {
      await this.refresh();
    }
  }

  /** What another vault asks, from its text. @throws Problem */
  async read(text: string): Promise<ApprovalRequest> {
    try {
      return await this.#scope.vault.approvals.read(text);
    } catch (error) {
      if (!(error instanceof StrongroomError) || error.code === "ERR_LOCKED") throw error;
      throw new Problem("This is no request for an approval. Paste all of the text that was sent to you.", "request");
    }
  }

  /** Signs what another vault asks. @throws Problem */
  async approve(request: ApprovalRequest, key: string): Promise<string> {
    try {
      return await this.#scope.vault.approvals.approve(request, { key });
    } catch (error) {
      if (!(error instanceof ApprovalError)) throw error;
      throw new Problem(error.reason === "own-key" ? OWN : EXPIRED);
    }
  }

  /** Reads the keys that can approve. */
  async readKeys(): Promise<void> {
    const { vault, signal: ended, fail } = this.#scope;
    try {
      const { keys } = await vault.keys.page({ purpose: "sign", state: "active", limit: OFFERED });
      const named = await Promise.all(keys.map(async ({ id, alias }) => ({ id, alias, thumbprint: await vault.approvals.approver(id) })));
      if (!ended.aborted) this.#keys.value = named;
    } catch (error) {
      fail(error);
    }
  }

  /** Makes a key that approves, which asks for a factor each time. */
  async makeKey(): Promise<void> {
    await this.#scope.vault.keys.create({ alias: APPROVER_ALIAS, purpose: "sign", policy: APPROVER_POLICY });
    await this.readKeys();
    notify(`The key “${APPROVER_ALIAS}” is ready. It asks for something that opens the vault before it signs.`);
  }

  async #read(): Promise<void> {
    const { vault, signal: ended } = this.#scope;
    const requests = await vault.approvals.list();
    if (ended.aborted) return;
    this.#open.value = requests.toReversed();
    clearTimeout(this.#expiry);
    const next = Math.min(...requests.map(({ expires }) => expires));
    if (Number.isFinite(next)) this.#expiry = setTimeout(() => void this.refresh(), Math.max(1000, next + 1000 - Date.now()));
  }

  async #perform(
    { operation, key: id = "", arguments: { version, after, force, policy: given }, reason }: ApprovalRequest,
    approval: readonly string[],
    factor: PresentedFactor | undefined,
  ): Promise<DestructionReport<VaultKey> | undefined> {
    const { vault } = this.#scope;
    const options = { reason, approval };
    const policy = given ?? null;
    if (operation === "setVaultPolicy") {
      await vault.setPolicy(policy as VaultPolicy | null, options);
      return undefined;
    }
    const key = await vault.keys.get(id);
    const whole = key.versions.find((one) => one.id === version) ?? key;
    switch (operation) {
      case "destroy":
        return whole.destroy({ ...options, force });
      case "scheduleDestroy":
        return whole.scheduleDestroy({ ...options, after, force });
      case "setPolicy":
        await key.setPolicy(policy as KeyPolicy | null, options);
        return undefined;
      case "export": {
        if (!factor) throw new Problem("An export asks for something that opens the vault.");
        const secret = await key.dangerouslyExport({ ...options, version, factor });
        saveAs(new Blob([JSON.stringify(secret)], { type: "application/jwk+json" }), `${key.alias}.secret.jwk.json`);
        return undefined;
      }
      default:
        return operation satisfies never;
    }
  }
}

const OWN = "This vault asks that itself. Somebody else has to approve it, in a vault of their own.";
const EXPIRED = "This request has expired, or this device’s clock is wrong. Ask for another one.";

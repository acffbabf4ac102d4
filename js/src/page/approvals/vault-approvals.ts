/** Dual control: what needs somebody else's approval, and approving what others ask. */
import { ArgumentError, MalformedError } from "../../shared/errors/index.js";
import type { ApprovalProposal, ApprovalRequest, ApprovedArguments } from "../../shared/model/approval.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { ApprovableOperation, ReasonOptions } from "../../shared/model/key-policy.js";
import { check, membersOf, optionsOf, orNull, REASON, type Check, type Checks } from "../../shared/options.js";
import { frozen, nonEmpty, plainCopy } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import { policyOf, vaultPolicyOf } from "../policies/policy-options.js";
import type { UseEngine } from "../runtime/connection.js";

export interface ApprovalRequestOptions extends ReasonOptions {
  /** How long the request is open: an ISO 8601 duration of a second to a day. A day unless given. */
  openFor?: string | undefined;
}

export interface ApproveOptions extends ReasonOptions {
  /** A key of this vault that signs (`purpose: "sign"`), whose thumbprint the other vault's policy names. */
  key: KeyReference;
}

const REQUEST = { ...REASON, openFor: check.text } satisfies Checks<ApprovalRequestOptions>;
const APPROVE = { ...REASON, key: check.any } satisfies Checks<ApproveOptions>;
const OF_VERSION = { operation: check.name, key: check.any, version: check.name };
const DESTRUCTION = { ...OF_VERSION, force: check.flag };
const vaultPolicy: Check = (given) => vaultPolicyOf(given as never);

/** The members of each proposal. */
const PROPOSALS: Record<ApprovableOperation, Readonly<Record<string, Check>>> = {
  export: OF_VERSION,
  destroy: DESTRUCTION,
  scheduleDestroy: { ...DESTRUCTION, after: check.text },
  setPolicy: { operation: check.name, key: check.any, policy: orNull(policyOf) },
  setVaultPolicy: { operation: check.name, policy: orNull(vaultPolicy) },
};
/**
 * Requests for the approval of somebody else, where a policy has an `approval` rule, and approvals of what other vaults ask. Whoever approves
 * has a key of their own, in a vault of their own, and no key of this one.
 *
 * @example
 * await vault.setPolicy({ approval: { operations: ["export", "destroy", "setPolicy", "setVaultPolicy"], approvers: [await theirs.approvals.approver("my-approvals")] } });
 * const request = await vault.approvals.request({ operation: "destroy", key: "payroll" }, { reason: "the tenant has left" });
 * await send(request.text);
 * // The approver, in a vault of their own, once they have read what it says:
 * const asked = await theirs.approvals.read(text);
 * const approval = await theirs.approvals.approve(asked, { key: "my-approvals" });
 * // Then, with the same arguments and the same reason:
 * await payroll.destroy({ reason: "the tenant has left", approval });
 */
export class VaultApprovals {
  readonly #use: UseEngine;

  /** @internal */
  constructor(use: UseEngine) {
    this.#use = use;
  }

  /**
   * Asks for the approval of an operation with exactly these arguments and this reason. The vault keeps the request until it was used, is cancelled or
   * expires; 16 can be open. It is asked for on this device: another one, a restored copy included, does not know of it.
   *
   * @throws NoKeyError; NoVersionError; ArgumentError for an operation that no policy has approved; TooLargeError while 16 are open
   */
  async request(proposal: ApprovalProposal, options?: ApprovalRequestOptions): Promise<ApprovalRequest> {
    const { reason, openFor } = optionsOf(options, REQUEST);
    const asked = proposed(proposal);
    return approvalRequestOf(await this.#use().peer.call("requestApproval", plainCopy({ ...asked, openFor }), reason));
  }

  /** The requests of this device that are open, by the times at which they were made. */
  async list(): Promise<ApprovalRequest[]> {
    const { requests } = await this.#use().peer.call("listApprovals");
    return requests.map(approvalRequestOf);
  }

  /** Takes a request back: no approval of it holds any more. @throws ApprovalError for one that is not open */
  async cancel(request: string | { readonly id: string }, options?: ReasonOptions): Promise<void> {
    const { reason } = optionsOf(options, REASON);
    const id = nonEmpty(typeof request === "object" ? request?.id : request, "a request's id");
    await this.#use().peer.call("cancelApproval", id, reason);
  }

  /**
   * What another vault asks, from its text. Nothing proves who has sent it: show all of it before you approve, and
   * whatever its arguments are.
   *
   * @throws MalformedError for what is no request; TooLargeError
   */
  async read(text: string): Promise<ApprovalRequest> {
    return approvalRequestOf(await this.#use().peer.call("readApproval", nonEmpty(text, "a request's text")));
  }

  /**
   * What a policy names the owner of a key that signs by, in `approvers`: the RFC 7638 thumbprint of its primary version. Tell it to whoever sets the policy,
   * by a way that they trust. After a rotation of the key it is another one.
   *
   * @throws NoKeyError; PurposeError for a key that does not sign
   */
  async approver(key: KeyReference): Promise<string> {
    return this.#use().peer.call("approver", keyName(key));
  }

  /**
   * Approves what another vault asks, by a key of this one that signs: a use of that key. Gives a compact JWS (`sr-approval+jws`), which the other vault takes as
   * `approval`, for that call and once.
   *
   * @throws ApprovalError for a request of this vault itself, and for one that has expired; PurposeError; StateError; PolicyError
   */
  async approve(request: string | { readonly text: string }, options: ApproveOptions): Promise<string> {
    const { key, reason } = optionsOf(options, APPROVE);
    const text = nonEmpty(typeof request === "object" ? request?.text : request, "a request's text");
    return this.#use().peer.call("approve", text, keyName(key), reason);
  }
}

/** A proposal as the core takes it. @throws ArgumentError */
function proposed(proposal: ApprovalProposal): object {
  const named = membersOf(proposal, "the proposal").find(([name]) => name === "operation")?.[1];
  const operation = nonEmpty(named, "operation") as ApprovableOperation;
  if (!Object.hasOwn(PROPOSALS, operation)) throw new ArgumentError(`no operation that others approve: ${operation}`);
  const { key, ...members } = optionsOf(proposal as { key?: KeyReference }, PROPOSALS[operation] as Checks<{ key?: KeyReference }>);
  return key === undefined ? members : { ...members, key: keyName(key) };
}

interface RequestText {
  id: string;
  vault: string;
  device: string;
  subject: { operation: ApprovableOperation; key?: string; arguments: ApprovedArguments; reason?: string };
  alias?: string;
  requested: number;
  expires: number;
}

/** What a request says that the core has read. */
function approvalRequestOf(text: string): ApprovalRequest {
  const { id, vault, device, subject, alias, requested, expires } = membersOfText(text);
  const { operation, key, arguments: given, reason } = subject;
  return frozen({ id, vault, device, operation, key, alias, arguments: given, reason, requested, expires, text });
}

function membersOfText(text: string): RequestText {
  try {
    return JSON.parse(text) as RequestText;
  } catch (cause) {
    const where = "a request for an approval";
    throw new MalformedError(`malformed: ${where}`, { where, cause });
  }
}

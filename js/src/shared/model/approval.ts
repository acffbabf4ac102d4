/** What a vault asks another person to approve. */
import type { KeyReference } from "./key-info.js";
import type { ApprovableOperation, KeyPolicy } from "./key-policy.js";
import type { VaultPolicy } from "./vault-policy.js";

/** An operation with all its arguments, exactly as it will be called. */
export type ApprovalProposal =
  | { operation: "destroy"; key: KeyReference; version?: string | undefined; force?: boolean | undefined }
  | {
      operation: "scheduleDestroy";
      key: KeyReference;
      version?: string | undefined;
      after?: string | undefined;
      force?: boolean | undefined;
    }
  /** `version`: the primary one as it is now, unless given. */
  | { operation: "export"; key: KeyReference; version?: string | undefined }
  | { operation: "setPolicy"; key: KeyReference; policy: KeyPolicy | null }
  | { operation: "setVaultPolicy"; policy: VaultPolicy | null };

/** The arguments that an approval is of. */
export interface ApprovedArguments {
  /** The id of the version that it is done with; a destruction without one is of all versions. */
  readonly version?: string;
  /** How long a destruction waits, as an ISO 8601 duration; 30 days where it is not said. */
  readonly after?: string;
  /** Although objects of the inventory still need the key. */
  readonly force?: boolean;
  /** The policy that is set. */
  readonly policy?: VaultPolicy | KeyPolicy;
  /** Whether the policy is taken away, and none takes its place. */
  readonly removed?: boolean;
}

/** A request, as the vault keeps it. Times are in milliseconds since 1970. */
export interface ApprovalRequest {
  /** What tells it from others. */
  readonly id: string;
  /** The vault that asks, by its id. */
  readonly vault: string;
  /** Its device that asks; another one does not know of it. */
  readonly device: string;
  readonly operation: ApprovableOperation;
  /** The key's id; `undefined` of the vault itself. */
  readonly key?: string | undefined;
  /** What the key was called when the request was made. */
  readonly alias?: string | undefined;
  readonly arguments: ApprovedArguments;
  readonly reason?: string | undefined;
  readonly requested: number;
  /** Until when it can be approved, and done. */
  readonly expires: number;
  /** All of this as the text that is signed: give it to the approver. It has no secret. */
  readonly text: string;
}

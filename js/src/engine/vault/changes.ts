/** What calls change in a vault, for the page and for other tabs. */
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { Shredding } from "../../shared/model/report.js";
import type { VaultChange } from "../../shared/model/vault-change.js";
import type { ForwardedCalls, RewrapRequest, RewrapResult } from "../../shared/protocol/vault-calls.js";

export type Change = Omit<VaultChange, "elsewhere">;

export function changeTo(noun: Change["noun"], ...ids: string[]): Change {
  return { noun, ids };
}

/** What a forwarded call changed, by what it was given and what it returned; nothing where it only reads. */
export function changeOf(name: keyof ForwardedCalls, [given]: unknown[], returned: unknown): Change | undefined {
  switch (name) {
    case "createKey":
    case "createSession":
      return changeTo("keys", (returned as KeyInfo).id);
    case "endSession":
      return changeTo("keys", given as string);
    case "manage":
      return changeTo("keys", (returned as { key: KeyInfo }).key.id);
    case "untrack":
      return changeTo("objects", given as string);
    case "shred":
      return (returned as Shredding).shredded ? changeTo("objects", given as string) : undefined;
    case "noteUpload":
    case "endUpload":
      return changeTo("uploads", given as string);
    default:
      return undefined;
  }
}

/** The object whose header the vault has and replaced. */
export function rewrappedId({ id, status }: RewrapResult, { dryRun = false }: RewrapRequest): string | undefined {
  return status === "done" && !dryRun ? id : undefined;
}

/** Of a session's key. */
const OF_THIS_TAB: ReadonlySet<string> = new Set<keyof ForwardedCalls>(["createSession", "endSession"]);

/** Whether what a call changes is no other tab's business. */
export function staysHere(name: keyof ForwardedCalls): boolean {
  return OF_THIS_TAB.has(name);
}

/** What calls change in a vault, for the page and for other tabs. */
import type { MergeReport } from "../../shared/model/merge-report.js";
import type { Shredding } from "../../shared/model/report.js";
import type { VaultChange } from "../../shared/model/vault-change.js";
import type { ForwardedCalls, KeyActionResult, RewrapRequest, RewrapResult } from "../../shared/protocol/vault-calls.js";

export type Change = Omit<VaultChange, "elsewhere">;

/** What an operation changes. */
export interface Changes<T> {
  readonly noun: Change["noun"];
  /** By what the operation came to; nothing where it changed nothing. */
  ids(done: T): readonly string[] | undefined;
  /** It is no other tab's business. */
  readonly onlyHere?: boolean;
}

/** An operation changes what is known before. */
export function changesTo(noun: Change["noun"], ...ids: string[]): Changes<unknown> {
  return { noun, ids: () => ids };
}

/** An operation changes what it makes, or is about. */
export function changesItsOwn(noun: Change["noun"]): Changes<{ readonly id: string }> {
  return { noun, ids: ({ id }) => [id] };
}

/** What a forwarded call changes, by what it was given; nothing where it only reads. */
export function changesOf(name: keyof ForwardedCalls, [given]: unknown[]): Changes<unknown> | undefined {
  switch (name) {
    case "createKey":
      return changesItsOwn("keys") as Changes<unknown>;
    case "createSession":
      return { ...(changesItsOwn("keys") as Changes<unknown>), onlyHere: true };
    case "endSession":
      return { ...changesTo("keys", given as string), onlyHere: true };
    case "manage":
      return { noun: "keys", ids: (done) => [(done as KeyActionResult).key.id] };
    case "renameFactor":
      return changesItsOwn("factors") as Changes<unknown>;
    case "untrack":
      return changesTo("objects", given as string);
    case "shred":
      return { noun: "objects", ids: (done) => ((done as Shredding).shredded ? [given as string] : undefined) };
    case "noteUpload":
    case "endUpload":
      return changesTo("uploads", given as string);
    default:
      return undefined;
  }
}

/** The keys of which a merge changed something. */
export const mergedKeys: Changes<MergeReport> = {
  noun: "keys",
  ids({ keys, versions, changed, renamed }) {
    const ids = new Set([...keys, ...[...versions, ...changed, ...renamed].map(({ key }) => key)]);
    return ids.size > 0 ? [...ids] : undefined;
  },
};

/** The object that the inventory has at another version now, if it has one. */
export const movedObject: Changes<string | undefined> = { noun: "objects", ids: (id) => (id === undefined ? undefined : [id]) };

/** The object whose header the vault has and replaced. */
export function rewrappedId({ id, status }: RewrapResult, { dryRun = false }: RewrapRequest): string | undefined {
  return status === "done" && !dryRun ? id : undefined;
}

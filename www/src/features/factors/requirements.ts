/** What a vault has to have before it takes a passphrase and a passkey together. */

import type { FactorInfo } from "strongroom";
import { hasPasskeys, whyNoPasskeys } from "./available";
import { isOnPaper, kindName, titleOf } from "./labels";

/** What is missing, each as a sentence; nothing where it can take both. */
export function missingForBoth(list: readonly FactorInfo[]): readonly string[] {
  const has = (kind: string) => list.some((one) => one.kind === kind);
  const unknown = list.filter(({ known }) => !known);
  const devices = list.filter(({ kind }) => kind === "this-device");
  return [
    !has("passphrase") && "Add a passphrase.",
    !has("passkey") && (whyNoPasskeys() ?? "Add a passkey."),
    // One that was made elsewhere cannot be presented.
    has("passkey") && !hasPasskeys() && whyNoPasskeys(),
    !list.some(({ kind }) => isOnPaper(kind)) && "Add a recovery kit, or recovery shares: two things are lost more easily than one.",
    ...devices.map((one) => `Revoke “${titleOf(one)}”: a device is no way in then.`),
    ...unknown.map((one) => `Update this page: it does not know what “${titleOf(one)}” (${kindName(one.kind)}) is.`),
  ].filter((sentence) => typeof sentence === "string");
}

/** Whether a vault that takes both cannot do without this one: it is the last of its kind. */
export function isLastOfKind({ kind }: FactorInfo, others: readonly FactorInfo[]): boolean {
  if (isOnPaper(kind)) return !others.some((other) => isOnPaper(other.kind));
  return !others.some((other) => other.kind === kind);
}

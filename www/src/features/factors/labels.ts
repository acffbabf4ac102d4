/** How the ways into a vault are called. */

import type { FactorInfo, PresentedFactor } from "strongroom";
import { usable } from "./available";

/** Those that this page can ask for. */
export type Kind = "passphrase" | "passkey" | "recovery-kit" | "recovery-shares";

export const KINDS: Record<Kind, { name: string; about: string }> = {
  passphrase: { name: "passphrase", about: "Typed from memory, or kept in a password manager." },
  passkey: { name: "passkey", about: "A fingerprint, a face, a PIN or a security key: nothing to type." },
  "recovery-kit": { name: "recovery kit", about: "24 words on paper, for the day when the passphrase is lost." },
  "recovery-shares": { name: "recovery shares", about: "A kit for several people, so many of whom together open the vault." },
};

/** Those that this page only lists. */
const LISTED: Record<string, string> = { "this-device": "device", escrow: "key of an organisation", kms: "key management service", both: "passphrase and passkey" };

/** In the order in which they are at hand. */
export const ASKED = ["passphrase", "passkey", "recovery-kit", "recovery-shares"] as const;

/** Whether it is words on paper, which somebody has to keep. */
export const isOnPaper = (kind: string): boolean => kind === "recovery-kit" || kind === "recovery-shares";

/** Those that can be added: a device opens a vault, and proves no person. */
export type NewKind = Kind | "this-device" | KindElsewhere;

/** Those whose private half is elsewhere: nobody types anything of it here. */
export type KindElsewhere = "escrow" | "kms";

export const isElsewhere = (kind: string): kind is KindElsewhere => kind === "escrow" || kind === "kms";

export const NEW_KINDS: Record<NewKind, { name: string; about: string }> = {
  ...KINDS,
  "this-device": { name: "this device", about: "The browser opens the vault for 30 days, and nobody types anything." },
  escrow: { name: "key of an organisation", about: "It opens the vault alone. Its owner has it at a key management service, or in a safe." },
  kms: {
    name: "key management service, as a gate",
    about: "Once the vault requires it, each unlock asks it beside the passphrase or passkey. Alone it opens nothing.",
  },
};

/** What is presented at once: one factor, or a passphrase and a passkey together. */
export type Way = Kind | "both";

export const wayOf = (factor: PresentedFactor): string => ("kind" in factor ? factor.kind : "both");

export const isKind = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind);

export const kindName = (kind: string): string => (isKind(kind) ? KINDS[kind].name : (LISTED[kind] ?? kind));

/** Its own name, otherwise that of its kind. */
export function titleOf({ name, kind }: FactorInfo): string {
  const called = name ?? kindName(kind);
  return name ? called : called.charAt(0).toUpperCase() + called.slice(1);
}

/** What is asked for where one of this kind is to be presented: where the vault takes both, the other one, too. */
export function kindsWith(kind: string, both: boolean): readonly Kind[] {
  if (!isKind(kind)) return [];
  return both && !isOnPaper(kind) ? usable(["passphrase", "passkey"]) : [kind];
}

/** How these are presented: the passphrase and the passkey alone, or only together, where the vault takes both. */
export function waysOf(kinds: readonly Kind[], both: boolean): readonly Way[] {
  if (!both) return kinds;
  const paper = kinds.filter(isOnPaper);
  return kinds.includes("passphrase") && kinds.includes("passkey") ? ["both", ...paper] : paper;
}

/** The kinds of these that can be used here, each once, the one that is at hand first. */
export function kindsOf(factors: readonly FactorInfo[]): readonly Kind[] {
  const kinds = new Set(factors.map(({ kind }) => kind));
  return usable(ASKED).filter((kind) => kinds.has(kind));
}

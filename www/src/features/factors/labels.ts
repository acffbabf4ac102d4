/** How the ways into a vault are called. */

import type { FactorInfo } from "strongroom";

/** Those that this page can ask for. */
export type Kind = "passphrase" | "recovery-kit";

export const KINDS: Record<Kind, { name: string; about: string }> = {
  passphrase: { name: "passphrase", about: "Typed from memory, or kept in a password manager." },
  "recovery-kit": { name: "recovery kit", about: "24 words on paper, for the day when the passphrase is lost." },
};

/** Those that this page only lists. */
const LISTED: Record<string, string> = { "recovery-shares": "recovery shares" };

export const isKind = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind);

export const kindName = (kind: string): string => (isKind(kind) ? KINDS[kind].name : (LISTED[kind] ?? kind));

/** Its own name, otherwise that of its kind. */
export function titleOf({ name, kind }: FactorInfo): string {
  const called = name ?? kindName(kind);
  return name ? called : called.charAt(0).toUpperCase() + called.slice(1);
}

/** The kinds of these, each once, the one that is at hand first. */
export function kindsOf(factors: readonly FactorInfo[]): readonly Kind[] {
  const kinds = new Set(factors.map(({ kind }) => kind));
  return (["passphrase", "recovery-kit"] as const).filter((kind) => kinds.has(kind));
}

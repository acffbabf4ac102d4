/** Pieces of sentences for a person. */

/** Milliseconds. @internal */
export const DAY = 24 * 60 * 60 * 1000;

/** "1 key", "1,000 keys", "2 entries", "3 policies". @internal */
export function counted(number: number, noun: string): string {
  const plural = /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/** Kinds of factors that a vault takes at once. @internal */
export function kindsInWords(kinds: readonly string[]): string {
  return kinds.map((kind) => (kind === "kms" ? "a KMS" : `a ${kind}`)).join(" and ");
}

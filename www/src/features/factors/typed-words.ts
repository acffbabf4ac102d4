/** What somebody types, or pastes, of a recovery kit: words, perhaps with their numbers and with marks between. */
export interface TypedWord {
  text: string;
  /** Where it stands in what was typed: from, to. */
  range: readonly [number, number];
}

export function typedWords(typed: string): readonly TypedWord[] {
  return [...typed.matchAll(/[^\s,.;:]+/gu)]
    .map(({ 0: text, index }): TypedWord => ({ text, range: [index, index + text.length] }))
    .filter(({ text }) => !/^\d+$/u.test(text));
}

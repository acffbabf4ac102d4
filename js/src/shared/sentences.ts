/** Pieces of sentences for a person. */

/** Milliseconds. @internal */
export const DAY = 24 * 60 * 60 * 1000;

/** "1 key", "1,000 keys", "2 entries". @internal */
export function counted(number: number, noun: string): string {
  const plural = noun.endsWith("ry") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/** Whether the words of a new recovery kit are on paper: two of them are asked for. */

import { Problem } from "../../ui/problem";

/** Two positions that nobody knows beforehand, counted from 1, the lesser first. */
export function pickPositions(count: number): readonly [number, number] {
  const first = below(count);
  const second = (first + 1 + below(count - 1)) % count;
  return [Math.min(first, second) + 1, Math.max(first, second) + 1];
}

/** The name of the field for the word at that position. */
export const fieldOf = (position: number): string => `word-${position}`;

/** @throws Problem of the first word that is another one */
export function checkWords(words: readonly string[], positions: readonly number[], values: FormData): void {
  for (const position of positions) {
    const typed = String(values.get(fieldOf(position))).trim().toLowerCase();
    if (typed !== words[position - 1]) {
      throw new Problem(`This is not word ${position}. Look at what you wrote down.`, fieldOf(position));
    }
  }
}

/** The bias of 32 bits over so few is of no weight: the words are secret, not which are asked for. */
function below(limit: number): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return random % limit;
}

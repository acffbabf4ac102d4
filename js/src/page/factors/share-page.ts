/** Recovery shares as pages to print, one for each. Loaded when they are asked for. */
import type { SharesInfo } from "../../shared/model/factor-info.js";
import { dateIn, paperOf, type Fact } from "./paper.js";
import { shareTexts, type ShareTexts } from "./share-texts.js";

/** What is on the pages besides their texts. @internal */
export interface PrintedShares extends SharesInfo {
  vault: string;
  name: string | undefined;
  id: string;
  generation: number;
  date: Date;
  mnemonics: readonly string[];
}

/** Writes the pages of a set with these texts. @throws ArgumentError @internal */
export function sharePagesWith(replaced: ShareTexts | undefined): (set: PrintedShares) => Promise<string[]> {
  const general = shareTexts(replaced);
  return (set) => Promise.all(set.mnemonics.map((words, at) => sharePage(words, at + 1, set, general)));
}

function sharePage(
  words: string,
  number: number,
  { vault, name, id, generation, date, threshold, shares }: PrintedShares,
  general: ReturnType<typeof shareTexts>,
): Promise<string> {
  const numbers = { number, shares, threshold };
  const filled = (text: string): string =>
    text.replaceAll(/\{(number|shares|threshold)\}/g, (_, which: keyof typeof numbers) => String(numbers[which]));
  const entries = Object.entries(general).map(([text, written]) => [text, filled(written)]);
  const texts = Object.fromEntries(entries) as typeof general;
  const named: Fact[] = name === undefined ? [] : [[texts.name, name]];
  const facts: Fact[] = [
    [texts.vault, vault],
    ...named,
    [texts.share, texts.which],
    [texts.printed, dateIn(texts.lang, date)],
    [texts.generation, String(generation)],
    [texts.id, id, "id"],
  ];
  return paperOf({ vault, facts, words: words.split(" ") }, texts);
}

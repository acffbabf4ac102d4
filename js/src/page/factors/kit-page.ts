/** A recovery kit as a page to print. Loaded when one is asked for. */
import { kitTexts, type KitTexts } from "./kit-texts.js";
import { dateIn, paperOf, type Fact } from "./paper.js";

/** What is on the page besides its texts. @internal */
export interface PrintedKit {
  vault: string;
  name: string | undefined;
  id: string;
  generation: number;
  date: Date;
  words: readonly string[];
}

/** Writes pages with these texts. @throws ArgumentError @internal */
export function pageWith(replaced: KitTexts | undefined): (kit: PrintedKit) => Promise<string> {
  const texts = kitTexts(replaced);
  return ({ vault, name, id, generation, date, words }) => {
    const named: Fact[] = name === undefined ? [] : [[texts.name, name]];
    const facts: Fact[] = [
      [texts.vault, vault],
      ...named,
      [texts.printed, dateIn(texts.lang, date)],
      [texts.generation, String(generation)],
      [texts.id, id, "id"],
    ];
    return paperOf({ vault, facts, words }, texts);
  };
}

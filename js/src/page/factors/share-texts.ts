/** What a printed recovery share says. */
import { replacedTexts, type KitTexts } from "./kit-texts.js";
import type { AllTexts } from "./paper.js";

/**
 * The texts of a printed share, to be replaced by those of another language. An empty one is left out. `{number}`, `{shares}` and
 * `{threshold}` stand for which share it is, how many there are, and how many open the vault.
 */
export interface ShareTexts extends KitTexts {
  /** Beside `which`. */
  share?: string | undefined;
  /** Which share it is. */
  which?: string | undefined;
}

/** Short: with 33 words and long names, a sheet of Letter in a wide font has no line to spare. */
const ENGLISH_SHARE: AllTexts<ShareTexts> = {
  lang: "en",
  direction: "ltr",
  title: "Recovery share {number} of {shares}",
  vault: "Vault",
  name: "Shares",
  share: "Share",
  which: "{number} of {shares}. It takes {threshold} to open the vault.",
  printed: "Printed",
  generation: "Generation",
  id: "Id of the set",
  warning:
    "Any {threshold} of the {shares} shares open the vault without a passphrase, and fewer tell nothing of it. Keep this sheet apart from the " +
    "others, do not photograph it, and give the words to the vault’s owner alone, once you have spoken with them.",
  code: "QR code of the 33 words",
  scan: "The 33 words as text. Scan it with an app that keeps no history.",
  openTitle: "To open the vault with these shares",
  open: [
    "Bring {threshold} shares of this set together, in any order. Their sheets bear the same id.",
    "Open the page of the vault, in the browser that has its data. On another device, restore a backup of the vault first.",
    "Choose to unlock it with recovery shares. Type the 33 words of each, or scan the codes and paste their texts.",
    "Set a new passphrase in place of the lost one.",
  ].join("\n"),
  needs: "This needs no server, no account and no support, only the vault’s data: the words alone contain none of it.",
  lostTitle: "If this sheet is lost, or somebody else may have read it",
  lost:
    "Tell the vault’s owner, who replaces the whole set: these sheets then open only copies and backups that were made before. " +
    "Until then the others open the vault while there are {threshold} of them.",
  rehearseTitle: "Try them before you need them",
  rehearse: "Once a year, try {threshold} shares while the vault is open. Destroy all sheets once the set is replaced.",
  tried: "Tried on",
  footer: "The words are from the word list of SLIP-39. They belong to no cryptocurrency wallet.",
};

/** All texts, in English where none is given. @throws ArgumentError @internal */
export function shareTexts(given: ShareTexts | undefined): typeof ENGLISH_SHARE {
  return replacedTexts(ENGLISH_SHARE, given);
}

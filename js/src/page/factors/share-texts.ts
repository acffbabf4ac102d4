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
    "others. Do not photograph it, and give the words to nobody but the vault’s owner, once you have spoken with them.",
  code: "QR code of the 33 words",
  scan: "The 33 words as text. Scan it with an app that keeps no history.",
  openTitle: "To open the vault with these shares",
  open: [
    "Bring {threshold} shares of this set together, in any order. Their sheets bear the same id.",
    "Open the page of the vault, in the browser that has its data. On another device, restore a backup of the vault first.",
    "Choose to unlock it with recovery shares. Type the 33 words of each, or scan the codes and paste their texts.",
    "Set a new passphrase in place of the lost one.",
  ].join("\n"),
  needs:
    "This needs no server, no account and no support: the shares and the vault’s data, in a browser or in a backup, are enough. " +
    "The words alone contain no data. Other programs for SLIP-39 read them too.",
  lostTitle: "If this sheet is lost, or somebody else may have read it",
  lost:
    "Tell the vault’s owner. The others still open the vault while there are {threshold} of them. The owner unlocks it with the passphrase and " +
    "replaces the whole set; the sheets of this one then open only copies and backups that were made before.",
  rehearseTitle: "Try them before you need them",
  rehearse:
    "Once a year, while the vault is open, enter {threshold} shares as a rehearsal: the page says whether they still open it. Destroy all sheets once the set is replaced.",
  tried: "Tried on",
  footer: "The words are from the word list of SLIP-39. They belong to no cryptocurrency wallet.",
};

/** All texts, in English where none is given. @throws ArgumentError @internal */
export function shareTexts(given: ShareTexts | undefined): typeof ENGLISH_SHARE {
  return replacedTexts(ENGLISH_SHARE, given);
}

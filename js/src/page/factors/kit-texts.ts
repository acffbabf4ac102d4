/** What a printed recovery kit says. */
import { ArgumentError } from "../../shared/errors/index.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";

/** The texts of a printed kit, to be replaced by those of another language. An empty one is left out. */
export interface KitTexts {
  /** The language, as HTML names it: `"en"`. The date is written in it. */
  lang?: string | undefined;
  /** `"ltr"`, or `"rtl"` for a language that is written from right to left. The words stay English. */
  direction?: string | undefined;
  title?: string | undefined;
  /** Beside the vault's name. */
  vault?: string | undefined;
  /** Beside the factor's name, where it has one. */
  name?: string | undefined;
  /** Beside the date. */
  printed?: string | undefined;
  /** Beside the vault key's number, counted from 1. */
  generation?: string | undefined;
  /** Beside the factor's id. */
  id?: string | undefined;
  warning?: string | undefined;
  /** Names the QR code to who cannot see it. */
  code?: string | undefined;
  /** Below the QR code. */
  scan?: string | undefined;
  openTitle?: string | undefined;
  /** Numbered steps, a line for each. */
  open?: string | undefined;
  needs?: string | undefined;
  lostTitle?: string | undefined;
  lost?: string | undefined;
  rehearseTitle?: string | undefined;
  rehearse?: string | undefined;
  /** Before the lines on which dates are written by hand. */
  tried?: string | undefined;
  footer?: string | undefined;
}

const ENGLISH: Required<{ [Name in keyof KitTexts]: string }> = {
  lang: "en",
  direction: "ltr",
  title: "Recovery kit",
  vault: "Vault",
  name: "Kit",
  printed: "Printed",
  generation: "Generation",
  id: "Id",
  warning:
    "These 24 words open the vault without a passphrase. Anyone who has them can read everything in it. " +
    "Keep this sheet apart from the passphrase. Do not photograph it, and type the words nowhere but into the vault.",
  code: "QR code of the 24 words",
  scan: "The 24 words as text. Scan it with an app that keeps no history.",
  openTitle: "To open the vault with this kit",
  open: [
    "Open the page of the vault, in the browser that has its data. On another device, restore a backup of the vault first.",
    "Choose to unlock it with a recovery kit. Type the 24 words in order, or scan the code and paste its text.",
    "Set a new passphrase in place of the lost one.",
  ].join("\n"),
  needs:
    "This needs no server, no account and no support: the words and the vault’s data, in a browser or in a backup, are enough. " +
    "The words alone contain no data.",
  lostTitle: "If this sheet is lost, or somebody else may have read it",
  lost:
    "Unlock the vault with the passphrase and replace the kit. These words then open only copies and backups that were made before. " +
    "If somebody else may have such a copy, revoke the kit as compromised. If the passphrase is lost too, nobody can open the vault.",
  rehearseTitle: "Try it before you need it",
  rehearse: "Once a year, while the vault is open, enter the words as a rehearsal: the page says whether they still open it. Destroy this sheet once the kit is replaced.",
  tried: "Tried on",
  footer: "The words are from the English word list of BIP-39. They belong to no cryptocurrency wallet.",
};

/** All texts, in English where none is given. @throws ArgumentError @internal */
export function kitTexts(given: KitTexts | undefined): typeof ENGLISH {
  return replacedTexts(ENGLISH, given);
}

/** All texts, as they are where none is given. @throws ArgumentError @internal */
export function replacedTexts<English extends typeof ENGLISH>(english: English, given: KitTexts | undefined): English {
  const checks = Object.fromEntries(Object.keys(english).map((name) => [name, check.text])) as Checks<KitTexts>;
  const texts = { ...english, ...optionsOf(given, checks, "texts") } as English;
  if (!["ltr", "rtl"].includes(texts.direction)) throw new ArgumentError('texts.direction must be "ltr" or "rtl"');
  try {
    Intl.getCanonicalLocales(texts.lang);
  } catch (cause) {
    throw new ArgumentError("texts.lang must be a language tag, such as en", { cause });
  }
  return texts;
}

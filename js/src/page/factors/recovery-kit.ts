/** A factor on paper: 256 random bits as 24 words. */
import { ArgumentError } from "../../shared/errors/index.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { utf8, wellFormed } from "../../shared/text.js";
import { loadLazily } from "../runtime/lazy-scripts.js";
import { connectKeys } from "../runtime/start-engine.js";

export interface KitCodeOptions {
  /** Names the code to who cannot see it; in English unless given. */
  title?: string | undefined;
}

const KIT_CODE = { title: check.name } satisfies Checks<KitCodeOptions>;

/** By which every copy of the package knows the kits of the others. */
const KIT_BRAND = Symbol.for("strongroom.factor.recovery-kit");

/** For whoever reads why it did not load. @internal */
export const DRAWS_KITS = "draws recovery kits";

/** Whether a factor is a kit of any copy of the package. @internal */
export function isRecoveryKit(factor: unknown): factor is RecoveryKit {
  return typeof factor === "object" && factor !== null && (factor as { [KIT_BRAND]?: unknown })[KIT_BRAND] === true;
}

/** What `create`, `factors.add` and `unlock` take. Holds its words privately; printing one shows nothing. */
export class RecoveryKit {
  readonly kind = "recovery-kit";
  readonly #words: string;
  readonly #fresh: boolean;

  /** @internal */
  constructor(words: string, fresh: boolean) {
    this.#words = words;
    this.#fresh = fresh;
  }

  /** To be shown once, written down or printed, and never stored: whoever has them opens the vault. */
  get words(): readonly string[] {
    return Object.freeze(this.#words.split(/\s+/u).filter(Boolean));
  }

  /**
   * The words as a QR code, for who would rather scan than type: SVG, black on white. It encodes the 24 words in lower case with a
   * space between, as `recoveryKit` takes them, so any scanner shows what is on paper. Of a new kit alone.
   *
   * @example
   * code.innerHTML = await kit.qrCode();
   *
   * @throws ArgumentError for words that were typed
   */
  async qrCode(options: KitCodeOptions = {}): Promise<string> {
    const { title = "QR code of the 24 words" } = optionsOf(options, KIT_CODE);
    const words = this.newWords();
    const { codeOf } = await loadLazily(() => import("./kit-code.js"), DRAWS_KITS);
    return codeOf(words.join(" "), title);
  }

  /** The words, where they were not typed: those may be any text. @throws ArgumentError @internal */
  newWords(): readonly string[] {
    if (!this.#fresh) throw new ArgumentError("only a new kit is shown and printed, which newRecoveryKit() makes");
    return this.words;
  }

  /** Refuses words that were typed: only random ones are enrolled. @throws ArgumentError @internal */
  checkNew(): void {
    if (!this.#fresh) throw new ArgumentError("a kit that a vault gets must be a new one; make it by newRecoveryKit()");
  }

  /** A fresh copy. The caller wipes it. @internal */
  encode(): WireFactor {
    return { kind: this.kind, secrets: [utf8(this.#words)] };
  }

  static {
    Object.defineProperty(RecoveryKit.prototype, KIT_BRAND, { value: true });
  }
}

/**
 * A new recovery kit, for a vault to get: 24 words of BIP-39's English list. Show `words` once, to be written down or printed;
 * nobody can show them again.
 *
 * @example
 * const kit = await newRecoveryKit();
 * const vault = await Strongroom.create({ name: "acme", factors: [passphrase(typed), kit] });
 * show(kit.words);
 */
export async function newRecoveryKit(): Promise<RecoveryKit> {
  const { peer } = await connectKeys();
  const words = await peer.call("newRecoveryWords");
  const text = new TextDecoder().decode(words);
  words.fill(0);
  return new RecoveryKit(text, true);
}

/**
 * The recovery kit of a vault that there is, by the words that somebody has typed: in upper or lower case, with any white space
 * between, or as an array. Whether they are words of the list is told when they are used (`RecoveryWordsError`, with the
 * `position` of the first that is none).
 *
 * @throws ArgumentError for what is no text
 */
export function recoveryKit(words: string | readonly string[]): RecoveryKit {
  const list = Array.isArray(words) ? words : [words];
  const texts = list.map((word) => wellFormed(word, "a recovery kit's words"));
  return new RecoveryKit(texts.join(" "), false);
}

/** A factor on several papers: shares of 256 random bits, so many of which give them back (SLIP-39). */
import { ArgumentError } from "../../shared/errors/index.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { utf8, wellFormed } from "../../shared/text.js";
import { connectKeys } from "../runtime/start-engine.js";

export interface SplitRecoveryOptions {
  /** How many shares open the vault: 2 to as many as there are. (1, where there is one.) */
  threshold: number;
  /** How many shares there are: 2 to 16. (Or 1.) */
  shares: number;
}

const SPLIT = { threshold: check.number, shares: check.number } satisfies Checks<SplitRecoveryOptions>;

/** The most shares of a set. */
const MOST_SHARES = 16;

/** By which every copy of the package knows the shares of the others. */
const SHARES_BRAND = Symbol.for("strongroom.factor.recovery-shares");

/** Whether a factor is a set of shares of any copy of the package. @internal */
export function isRecoveryShares(factor: unknown): factor is RecoveryShares {
  return typeof factor === "object" && factor !== null && (factor as { [SHARES_BRAND]?: unknown })[SHARES_BRAND] === true;
}

/** What `create`, `factors.add` and `unlock` take. Holds its words privately; printing one shows nothing. */
export class RecoveryShares {
  readonly kind = "recovery-shares";
  readonly #mnemonics: readonly string[];
  readonly #fresh: boolean;

  /** @internal */
  constructor(mnemonics: readonly string[], fresh: boolean) {
    this.#mnemonics = Object.freeze(mnemonics);
    this.#fresh = fresh;
  }

  /**
   * The words of each share, with a space between: one for each person. To be shown once, written down or printed, and never
   * stored: whoever has as many as the threshold opens the vault.
   */
  get mnemonics(): readonly string[] {
    return this.#mnemonics;
  }

  /** The words, where they were not typed: those may be any text. @throws ArgumentError @internal */
  newMnemonics(): readonly string[] {
    if (!this.#fresh) throw new ArgumentError("only new shares are printed, which splitRecovery() makes");
    return this.#mnemonics;
  }

  /** Refuses words that were typed: only a whole set, of a random secret, is enrolled. @throws ArgumentError @internal */
  checkNew(): void {
    if (!this.#fresh) throw new ArgumentError("shares that a vault gets must be new ones; make them by splitRecovery()");
  }

  /** A fresh copy. The caller wipes it. @internal */
  encode(): WireFactor {
    return { kind: this.kind, secrets: this.#mnemonics.map(utf8) };
  }

  static {
    Object.defineProperty(RecoveryShares.prototype, SHARES_BRAND, { value: true });
  }
}

/**
 * New recovery shares, for a vault to get: a random secret, split by SLIP-39 into shares of 33 words, so many of which open the
 * vault. Fewer tell nothing of it. Show `mnemonics` once, each to the person who is to keep it; nobody can show them again.
 *
 * @example
 * const shares = await splitRecovery({ threshold: 2, shares: 3 });
 * const vault = await Strongroom.create({ name: "acme", factors: [passphrase(typed), shares] });
 * shares.mnemonics.forEach(show);
 *
 * @throws ArgumentError unless there are 2 to 16 shares and a threshold of 2 to as many, or 1 of 1
 */
export async function splitRecovery(options: SplitRecoveryOptions): Promise<RecoveryShares> {
  const { threshold, shares } = optionsOf(options, SPLIT);
  for (const [name, number] of Object.entries({ threshold, shares })) {
    // The core says which of these numbers go together.
    const possible = Number.isInteger(number) && number >= 1 && number <= MOST_SHARES;
    if (!possible) throw new ArgumentError(`${name} must be a whole number from 1 to ${MOST_SHARES}`);
  }
  const { peer } = await connectKeys();
  const lines = await peer.call("splitRecovery", threshold, shares);
  const text = new TextDecoder().decode(lines);
  lines.fill(0);
  return new RecoveryShares(text.split("\n"), true);
}

/**
 * Recovery shares of a vault that there is, by the words that were typed of each: in upper or lower case, with any white space
 * between, or as an array. They can be in any order, and may be more than the threshold. What is wrong with them is told when
 * they are used (`RecoverySharesError`, with the `share` that is meant, or how many are `missing`).
 *
 * @example
 * await vault.unlock(recoveryShares([hers, his]));
 *
 * @throws ArgumentError for what is no list of texts
 */
export function recoveryShares(mnemonics: readonly (string | readonly string[])[]): RecoveryShares {
  if (!Array.isArray(mnemonics)) throw new ArgumentError("recovery shares must be an array: the words of each");
  return new RecoveryShares(mnemonics.map(wordsOfShare), false);
}

function wordsOfShare(mnemonic: string | readonly string[]): string {
  const list = Array.isArray(mnemonic) ? mnemonic : [mnemonic];
  return list.map((word) => wellFormed(word, "a share's words")).join(" ");
}

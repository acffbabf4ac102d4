/**
 * What a new passphrase must be: NIST SP 800-63B revision 4, §3.1.1 asks for a shortest length and a list of values that are
 * common, expected or compromised, and for no rules of composition.
 */
import { ArgumentError, WeakPassphraseError, type WeakReason } from "../../shared/errors/index.js";
import { utf8 } from "../../shared/text.js";

/** Tells how hard a passphrase is to guess: 0 to 4, as the `score` of zxcvbn. */
export type Estimate = (text: string) => number;

/** Characters. SP 800-63B's least for a passphrase beside another factor; it asks for 15 where it stands alone. */
const SHORTEST_PASSPHRASE = 8;

/** "Safely unguessable" in zxcvbn's words: some 10^8 guesses. Argon2id makes each of them cost a good part of a second. */
const LEAST_SCORE = 3;

/**
 * The most common ones that are long enough, as public lists of leaked passwords have them, and words for what this is. Those
 * that repeat one character, or are part of a row below, are not listed.
 */
const COMMON = `
  password password1 password12 password123 password1234 passw0rd passwort passwort1 passphrase motdepasse contrasena
  strongroom letmein1 letmein123 welcome1 welcome123 iloveyou iloveyou1 trustno1 changeme changeme1 whatever administrator
  admin123 admin1234 secret123 test1234 testtest hallo123 qwerty12 qwerty123 qwerty1234 qwertz123 azerty123 asdf1234
  asdfasdf 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 zaq12wsx qazwsxedc q1w2e3r4 q1w2e3r4t5 123qweasd zxcvbnm1 abc12345
  abcd1234 a1b2c3d4 11223344 1122334455 12121212 12341234 12344321 123123123 123321123 147258369 159753456 789456123
  sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball superman starwars pokemon1
  minecraft computer internet samantha jennifer michelle victoria jonathan danielle elizabeth christina veronica
  alexander benjamin nicholas butterfly chocolate elephant midnight mountain dolphins swordfish snowball corvette mercedes
  maverick metallica liverpool steelers redskins marlboro bigdaddy charlie1 dragon123 monkey123 master123`.match(/\S+/g)!;

/** Rows of keys and of letters: a part of one is common, forwards and backwards, across its ends too. */
const ROWS = "1234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop qwertzuiop azertyuiop asdfghjkl qsdfghjklm".split(" ");
const SEQUENCES = ROWS.flatMap((row) => [row + row, [...(row + row)].toReversed().join("")]);

/**
 * Refuses a new passphrase that is too easy to guess. Bytes are looked at where they are: a string of them could not be
 * wiped.
 *
 * @param secret text in the form that it is enrolled in; or bytes, of which each counts as a character
 * @param vault the vault's name, which is no passphrase
 * @throws WeakPassphraseError; ArgumentError for an `estimate` that gives no score @internal
 */
export function checkPassphraseFloor(secret: string | Uint8Array, vault: string, estimate?: Estimate): void {
  const given = typeof secret === "string" ? pointsOf(secret) : secret;
  if (given.length < SHORTEST_PASSPHRASE) throw weak("short");
  const small = typeof secret === "string" ? pointsOf(secret.toLowerCase()) : secret;
  if (isCommon(small, vault)) throw weak("common");
  if (estimate && typeof secret === "string" && scoreOf(secret, estimate) < LEAST_SCORE) throw weak("estimate");
}

const ADVICE = {
  short: `the passphrase is too short: use ${SHORTEST_PASSPHRASE} characters or more`,
  common: "the passphrase is one of the first that anybody tries: choose another one",
  estimate: "the passphrase is too easy to guess: add a word or two, or choose another one",
} as const satisfies Record<WeakReason, string>;

const weak = (reason: WeakReason): WeakPassphraseError => new WeakPassphraseError(ADVICE[reason], { reason });

/** Code points, or bytes. */
type Codes = ArrayLike<number>;

function isCommon(codes: Codes, vault: string): boolean {
  if (everyCode(codes, (code) => code === lowered(codes[0]!))) return true;
  const name = vault.normalize("NFKC").toLowerCase();
  if (sameCodes(codes, Array.isArray(codes) ? pointsOf(name) : utf8(name))) return true;
  return COMMON.some((word) => sameCodes(codes, pointsOf(word))) || SEQUENCES.some((row) => codesWithin(codes, pointsOf(row)));
}

const sameCodes = (codes: Codes, whole: Codes): boolean => codes.length === whole.length && codesAt(codes, whole, 0);

const codesAt = (codes: Codes, whole: Codes, start: number): boolean => everyCode(codes, (code, at) => code === whole[start + at]);

function codesWithin(codes: Codes, whole: Codes): boolean {
  for (let start = 0; start + codes.length <= whole.length; start++) if (codesAt(codes, whole, start)) return true;
  return false;
}

/** As `Array.every`, with ASCII's capital letters as small ones. */
function everyCode(codes: Codes, holds: (code: number, at: number) => boolean): boolean {
  for (let at = 0; at < codes.length; at++) if (!holds(lowered(codes[at]!), at)) return false;
  return true;
}

const lowered = (code: number): number => (code >= 0x41 && code <= 0x5a ? code + 0x20 : code);

const pointsOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0)!);

function scoreOf(text: string, estimate: Estimate): number {
  let score: unknown;
  try {
    score = estimate(text);
  } catch (cause) {
    throw new ArgumentError("estimate failed; `cause` says why", { cause });
  }
  if (typeof score === "number" && score >= 0 && score <= 4) return score;
  throw new ArgumentError("estimate must return a score of 0 to 4, as zxcvbn's; is it `(text) => zxcvbn(text).score`?");
}

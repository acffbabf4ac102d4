/** Asks for what opens the vault: the passphrase, a passkey, both of them together, or words on paper. */

import { useState } from "preact/hooks";
import {
  KitReplacedError,
  NoFactorError,
  passkey,
  PasskeyError,
  passphrase,
  RecoveryWordsError,
  recoveryKit,
  recoveryShares,
  RecoverySharesError,
  WrongFactorError,
  type FactorInfo,
  type PresentedFactor,
  type StrongroomError,
} from "strongroom";
import { explain, explainBoth, explainKit, explainPasskey, explainShares } from "../../app/explain";
import { Field, Segments } from "../../ui/fields";
import form from "../../ui/Form.module.css";
import { Problem } from "../../ui/problem";
import { endCeremony, onCeremony } from "./ceremony";
import { CeremonyNote } from "./CeremonyNote";
import { KINDS, waysOf, type Kind, type Way } from "./labels";
import { SharesFields } from "./SharesFields";
import { typedWords } from "./typed-words";
import { WordsField } from "./WordsField";

interface Props {
  /** The first part of the handles of the fields. */
  id?: string;
  kinds: readonly Kind[];
  /** Whether the vault takes a passphrase and a passkey together. */
  both?: boolean;
  /** The one that is chosen first; otherwise the first of these. */
  first?: Kind | undefined;
  /** What the passphrase is called. */
  label?: string;
  /** Stands above a choice of several. */
  title?: string | undefined;
}

const TITLES: Record<Way, string> = {
  both: "Passphrase and passkey",
  passphrase: "Passphrase",
  passkey: "Passkey",
  "recovery-kit": "Recovery words",
  "recovery-shares": "Shares",
};

const ASKS = "The browser asks for your fingerprint, your face, a PIN or a security key.";
const THEN_ASKS = "Then the browser asks for your fingerprint, your face, a PIN or a security key.";

/** The fields of one way in, and a switch where there is more than one. */
export function PresentFields({ id = "present", kinds, both = false, first, label = "Passphrase", title }: Props) {
  const [chosen, setWay] = useState<Way | undefined>(first);
  const ways = waysOf(kinds, both);
  const [otherwise = "passphrase"] = ways;
  const way = chosen && ways.includes(chosen) ? chosen : otherwise;
  return (
    <>
      {title && ways.length > 1 && <p class={form.name}>{title}</p>}
      {ways.length > 1 && (
        <Segments
          id={`${id}-by`}
          legend="Open with"
          options={ways.map((one) => [one, TITLES[one]] as const)}
          value={way}
          wide="both"
          onChange={setWay}
        />
      )}
      {/* One field for both ways: what was typed stays where the passkey turns out to be needed, too. */}
      {(way === "passphrase" || way === "both") && (
        <Field id={`${id}-passphrase`} name="passphrase" label={label} secret autocomplete="current-password" />
      )}
      {(way === "passkey" || way === "both") && (
        <>
          <input type="hidden" name="passkey" value="any" />
          <CeremonyNote of="known" idle={way === "both" ? THEN_ASKS : ASKS} />
        </>
      )}
      {way === "recovery-shares" && <SharesFields id={id} />}
      {way === "recovery-kit" && (
        <WordsField id={`${id}-words`} name="words" label={`The 24 words of the ${KINDS[way].name}`} />
      )}
    </>
  );
}

type Use<T> = (factor: PresentedFactor) => Promise<T>;

/**
 * Makes the factor of what was typed or chosen in `PresentFields`, or both factors, and uses it. What is wrong with it
 * is a `Problem` of its field.
 *
 * @param meant the one that is asked for, where there are several of its kind
 */
export async function presenting<T>(values: FormData, use: Use<T>, meant?: FactorInfo): Promise<T> {
  const typed = values.get("passphrase");
  const idOf = (kind: Kind) => (meant?.kind === kind ? meant.id : undefined);
  const known = () => passkey({ id: idOf("passkey"), onCeremony });
  const secret = () => passphrase(String(typed), { id: idOf("passphrase") });
  if (values.has("passkey")) {
    const both = typed !== null;
    return presentingPasskey(() => use(both ? [secret(), known()] : known()), both);
  }
  if (values.has("share-1")) return presentingShares(values, use);
  if (values.has("words")) return presentingWords(String(values.get("words")), use);
  return use(secret()).catch((error: unknown) => {
    throw error instanceof WrongFactorError ? new Problem(explain(error), "passphrase") : error;
  });
}

/** @param both whether a passphrase was typed, too */
async function presentingPasskey<T>(use: () => Promise<T>, both: boolean): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const wrong = error instanceof WrongFactorError;
    if (!wrong && !(error instanceof PasskeyError) && !(error instanceof NoFactorError)) throw error;
    throw new Problem(both ? explainBoth(error) : explainPasskey(error), both && wrong ? "passphrase" : "passkey");
  } finally {
    endCeremony();
  }
}

async function presentingWords<T>(typed: string, use: Use<T>): Promise<T> {
  const words = typedWords(typed);
  try {
    return await use(recoveryKit(words.map(({ text }) => text)));
  } catch (error) {
    throw aboutKit(error) ? problemOf(error, words) : error;
  }
}

async function presentingShares<T>(values: FormData, use: Use<T>): Promise<T> {
  const typed = [...values]
    .filter(([name]) => name.startsWith("share-"))
    .map(([name, text]) => ({ name, words: typedWords(String(text)) }))
    .filter(({ words }) => words.length > 0);
  try {
    return await use(recoveryShares(typed.map(({ words }) => words.map(({ text }) => text))));
  } catch (error) {
    if (error instanceof RecoverySharesError) {
      const { name, words } = typed[(error.share ?? typed.length) - 1] ?? { name: "share-1", words: [] };
      const number = Number(name.slice("share-".length));
      throw new Problem(explainShares(error, number, words.length), name, words[(error.position ?? 0) - 1]?.range);
    }
    throw aboutKit(error) ? new Problem(explainShares(error, 1, 0), "share-1") : error;
  }
}

const aboutKit = (error: unknown): error is StrongroomError =>
  error instanceof RecoveryWordsError ||
  error instanceof KitReplacedError ||
  error instanceof WrongFactorError ||
  error instanceof NoFactorError;

function problemOf(error: unknown, words: ReturnType<typeof typedWords>): Problem {
  const position = error instanceof RecoveryWordsError ? error.position : undefined;
  const range = position === undefined ? undefined : words[position - 1]?.range;
  return new Problem(explainKit(error, words.length), "words", range);
}

/** Asks for something that opens the vault: by the passphrase, or by the words of its recovery kit. */

import { useState } from "preact/hooks";
import {
  KitReplacedError,
  NoFactorError,
  passphrase,
  RecoveryWordsError,
  recoveryKit,
  WrongFactorError,
  type Factor,
} from "strongroom";
import { explain, explainKit } from "../../app/explain";
import { Field, Segments } from "../../ui/fields";
import { Problem } from "../../ui/problem";
import { KINDS, type Kind } from "./labels";
import { typedWords } from "./typed-words";
import { WordsField } from "./WordsField";

interface Props {
  /** The first part of the handles of the fields. */
  id?: string;
  kinds: readonly Kind[];
  /** What the passphrase is called. */
  label?: string;
}

const TITLES: Record<Kind, string> = { passphrase: "Passphrase", "recovery-kit": "Recovery words" };

/** One field, and a switch where there is more than one kind. */
export function PresentFields({ id = "present", kinds, label = "Passphrase" }: Props) {
  const [first = "passphrase"] = kinds;
  const [kind, setKind] = useState<Kind>(first);
  return (
    <>
      {kinds.length > 1 && (
        <Segments
          id={`${id}-by`}
          legend="Open with"
          options={kinds.map((one) => [one, TITLES[one]] as const)}
          value={kind}
          onChange={setKind}
        />
      )}
      {kind === "passphrase" ? (
        <Field id={`${id}-passphrase`} name="passphrase" label={label} secret autocomplete="current-password" />
      ) : (
        <WordsField id={`${id}-words`} name="words" label={`The 24 words of the ${KINDS[kind].name}`} />
      )}
    </>
  );
}

/**
 * Makes the factor of what was typed into `PresentFields`, and uses it. What is wrong with it is a `Problem` of its field.
 *
 * @param id of the one that is meant, where there are several passphrases
 */
export async function presenting<T>(values: FormData, use: (factor: Factor) => Promise<T>, id?: string): Promise<T> {
  const typed = values.get("words");
  if (typed === null) {
    return use(passphrase(String(values.get("passphrase")), { id })).catch((error: unknown) => {
      throw error instanceof WrongFactorError ? new Problem(explain(error), "passphrase") : error;
    });
  }
  const words = typedWords(String(typed));
  try {
    return await use(recoveryKit(words.map(({ text }) => text)));
  } catch (error) {
    throw aboutKit(error) ? problemOf(error, words) : error;
  }
}

const aboutKit = (error: unknown): boolean =>
  error instanceof RecoveryWordsError ||
  error instanceof KitReplacedError ||
  error instanceof WrongFactorError ||
  error instanceof NoFactorError;

function problemOf(error: unknown, words: ReturnType<typeof typedWords>): Problem {
  const position = error instanceof RecoveryWordsError ? error.position : undefined;
  const range = position === undefined ? undefined : words[position - 1]?.range;
  return new Problem(explainKit(error, words.length), "words", range);
}

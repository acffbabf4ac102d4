import styles from "./KitSheet.module.css";

interface Props {
  vault: string;
  words: readonly string[];
}

/** The words of a kit with their numbers; on paper with what they are, too. */
export function KitSheet({ vault, words }: Props) {
  return (
    // The one part of the page that is printed: see print.css.
    <div class={styles.sheet} data-printed="">
      <div class={styles.paper}>
        <h3>Recovery kit of the vault “{vault}”</h3>
        <p>{location.origin}</p>
      </div>
      <ol class={styles.words} translate={false} data-testid="kit-words">
        {words.map((word, at) => (
          <li key={numbered(at, word)}>
            <span class={styles.number}>{at + 1}</span>
            <span data-testid="kit-word">{word}</span>
          </li>
        ))}
      </ol>
      <p class={styles.paper}>
        Whoever has these words and a copy of the vault opens it. Keep them where the passphrase is not. To use them: open the
        page, choose “Recovery words” and type them in this order.
      </p>
    </div>
  );
}

/** A word can be there twice. */
const numbered = (at: number, word: string): string => `${at} ${word}`;

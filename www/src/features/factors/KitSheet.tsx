import styles from "./KitSheet.module.css";

/** Words of a kit; a share has more. */
const SHORT = 24;

/** The words of a kit or of a share, with their numbers. */
export function KitSheet({ words }: { words: readonly string[] }) {
  return (
    // The one part of the page that is printed: see print.css.
    <ol
      class={`${styles.words} ${words.length > SHORT ? styles.long : ""}`}
      translate={false}
      data-testid="kit-words"
      data-printed=""
    >
      {words.map((word, at) => (
        <li key={numbered(at, word)}>
          <span class={styles.number}>{at + 1}</span>
          <span data-testid="kit-word">{word}</span>
        </li>
      ))}
    </ol>
  );
}

/** A word can be there twice. */
const numbered = (at: number, word: string): string => `${at} ${word}`;

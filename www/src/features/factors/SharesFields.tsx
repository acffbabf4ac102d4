import { useState } from "preact/hooks";
import { Button } from "../../ui/Button";
import styles from "./SharesFields.module.css";
import { WordsField } from "./WordsField";

/** The most shares of a set. */
const MOST = 16;

/** For the words of several recovery shares, in any order. @param id the first part of the handles of the fields */
export function SharesFields({ id }: { id: string }) {
  const [count, setCount] = useState(2);
  return (
    <>
      {Array.from({ length: count }, (_, at) => (
        <WordsField
          // oxlint-disable-next-line react/no-array-index-key -- fields are only ever added, at the end.
          key={at}
          id={`${id}-share-${at + 1}`}
          name={`share-${at + 1}`}
          label={`Share ${at + 1}`}
          words={33}
          optional={at > 0}
        />
      ))}
      {count < MOST && (
        <p class={styles.more}>
          <Button id={`${id}-more`} act={() => setCount(count + 1)}>
            Another share
          </Button>
        </p>
      )}
    </>
  );
}

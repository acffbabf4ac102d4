import type { Consequence } from "./consequences";
import styles from "./ConsequenceList.module.css";

/** Before each sentence, visible and read aloud. */
const TITLES: Record<Consequence["kind"], string> = {
  happens: "Happens",
  stops: "Stops",
  stays: "Stays",
  lost: "Lost for good",
  copies: "Copies",
};

const ICONS: Record<Consequence["kind"], string> = {
  happens: "M3,8 H12 M8.5,4.5 L12,8 L8.5,11.5",
  stops: "M4,4 L12,12 M12,4 L4,12",
  stays: "M3,8.5 L6.5,12 L13,4.5",
  lost: "M8,3 V9.5 M8,12.4 V12.6",
  copies: "M3,6 H10 V13 H3 Z M6,6 V3 H13 V10 H10",
};

export function ConsequenceList({ list }: { list: readonly Consequence[] }) {
  return (
    <ul class={styles.list} data-testid="consequences">
      {list.map(({ kind, text }) => (
        <li key={text} class={styles[kind]} data-kind={kind}>
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={ICONS[kind]} />
          </svg>
          <p>
            <strong>{TITLES[kind]}.</strong> {text}
          </p>
        </li>
      ))}
    </ul>
  );
}

import { useEffect } from "preact/hooks";
import { Button } from "../../ui/Button";
import text from "../../ui/text.module.css";
import { ceremony, endCeremony, type Asked } from "./ceremony";
import styles from "./CeremonyNote.module.css";

interface Props {
  /** Of a passkey that is made, or of one that there is: a dialog can be about both. */
  of: "new" | "known";
  /** What is said while the browser asks nothing. */
  idle: string;
}

/** Says what the browser asks about a passkey now. */
export function CeremonyNote({ of, idle }: Props) {
  useEffect(() => {
    // What was asked before this was here has ended.
    endCeremony();
    return endCeremony;
  }, []);
  const { value } = ceremony;
  const asked = value && (value.steps === 1) === (of === "known") ? value : undefined;
  return (
    <div class={styles.note} data-testid="ceremony" data-step={asked?.step}>
      <p class={text.hint} role="status">
        {asked ? sentenceOf(asked) : idle}
      </p>
      {asked?.go && (
        <Button id="ceremony-go" kind="accent" act={asked.go}>
          Go on
        </Button>
      )}
    </div>
  );
}

function sentenceOf({ kind, step, steps }: Asked): string {
  if (steps === 1) return "Answer the browser’s question.";
  const what = kind === "create" ? "make the passkey" : step === 2 ? "use it for the first time" : "use it once more, as a test";
  return `Step ${step} of ${steps}: ${what}. Answer the browser’s question.`;
}

import { useState } from "preact/hooks";
import { newRecoveryKit, type RecoveryKit } from "strongroom";
import { notifyError, warn } from "../../app/notice";
import { Button, ButtonGroup } from "../../ui/Button";
import { Field } from "../../ui/fields";
import { focusFirst } from "../../ui/focus";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { useResult } from "../../ui/use-result";
import { checkWords, fieldOf, pickPositions } from "./kit-check";
import { KitSheet } from "./KitSheet";
import styles from "./KitSteps.module.css";

interface Props {
  vault: string;
  /** The vault gets the kit. Until then, nobody has to have written anything down. */
  enrol: (kit: RecoveryKit) => Promise<void>;
  /** What that is called. */
  submit?: string;
  /** What closing without a kit is called. */
  decline: string;
  onDecline: () => void;
}

/** A new recovery kit: its words are shown, then taken away, and two of them asked for. */
export function KitSteps({ vault, enrol, submit = "Add the recovery kit", decline, onDecline }: Props) {
  const kit = useResult(() => newRecoveryKit(), notifyError, []);
  const [positions, setPositions] = useState<readonly number[]>();
  const [returned, setReturned] = useState(false);
  if (!kit) return <p class={text.hint}>Choosing 24 words…</p>;
  const again = () => {
    setReturned(true);
    setPositions(undefined);
  };
  return positions ? (
    <Check kit={kit} positions={positions} enrol={enrol} submit={submit} again={again} />
  ) : (
    <Words
      vault={vault}
      words={kit.words}
      focus={returned}
      done={() => setPositions(pickPositions(kit.words.length))}
      decline={decline}
      onDecline={onDecline}
    />
  );
}

interface WordsProps extends Pick<Props, "vault" | "decline" | "onDecline"> {
  words: readonly string[];
  /** Whether the focus comes here: it was on what is gone now. */
  focus: boolean;
  done: () => void;
}

function Words({ vault, words, focus, done, decline, onDecline }: WordsProps) {
  return (
    <div ref={focus ? focusFirst : null}>
      <p class={text.lead}>
        Write these 24 words down, or print them, and keep the paper where nobody else looks. They open the vault when the
        passphrase is lost. Nobody can show them again.
      </p>
      <KitSheet vault={vault} words={words} />
      <div class={styles.steps}>
        <Button id="kit-written" kind="main" act={done}>
          I wrote them down
        </Button>
        <ButtonGroup fill>
          <Button id="kit-print" act={() => print()}>
            Print
          </Button>
          <Button id="kit-copy" act={() => copy(words)}>
            Copy
          </Button>
          <Button id="kit-decline" act={onDecline}>
            {decline}
          </Button>
        </ButtonGroup>
        <CopyHint />
      </div>
    </div>
  );
}

function CopyHint() {
  return (
    <p class={text.hint}>
      Other programs read what is copied, and may keep it. Paper is better; a password manager will do, if it is not the one that
      has the passphrase.
    </p>
  );
}

interface CheckProps {
  kit: RecoveryKit;
  positions: readonly number[];
  enrol: (kit: RecoveryKit) => Promise<void>;
  submit: string;
  again: () => void;
}

function Check({ kit, positions, enrol, submit, again }: CheckProps) {
  const act = async (values: FormData) => {
    checkWords(kit.words, positions, values);
    await enrol(kit);
  };
  return (
    <div ref={focusFirst}>
      <p class={text.lead}>From the paper: which words are these?</p>
      <Form id="kit-check" submit={submit} busy="Working…" act={act}>
        <div class={styles.pair}>
          {positions.map((position, at) => (
            <Field
              key={position}
              id={`kit-word-${at + 1}`}
              name={fieldOf(position)}
              label={`Word ${position}`}
              autocomplete="off"
            />
          ))}
        </div>
      </Form>
      <div class={styles.back}>
        <Button id="kit-again" act={again}>
          Show the words again
        </Button>
      </div>
    </div>
  );
}

async function copy(words: readonly string[]): Promise<void> {
  try {
    await navigator.clipboard.writeText(words.join(" "));
  } catch {
    warn("The browser did not let the page copy the words. Write them down.");
  }
}

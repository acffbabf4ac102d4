import { useState } from "preact/hooks";
import { newRecoveryKit, type RecoveryKit } from "strongroom";
import { notifyError, warn } from "../../app/notice";
import { Button, ButtonGroup } from "../../ui/Button";
import { Field } from "../../ui/fields";
import { focusFirst } from "../../ui/focus";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { printDocument } from "../../ui/print-document";
import { useResult } from "../../ui/use-result";
import { checkWords, fieldOf, pickPositions } from "./kit-check";
import { KitSheet } from "./KitSheet";
import type { FactorsModel } from "./model";
import styles from "./KitSteps.module.css";

interface Props {
  factors: FactorsModel;
  /** One that the vault has already; otherwise a new one. */
  has?: RecoveryKit | undefined;
  /** The vault gets the kit. Until then, nobody has to have written anything down. */
  enrol: (kit: RecoveryKit) => Promise<void>;
  /** What that is called. */
  submit?: string | undefined;
  /** Whether that changes more than to add the kit: then it is printed afterwards, as only a vault's kit can be. */
  late?: boolean;
  done: () => void;
  /** What closing without a kit is called. */
  decline: string;
  onDecline: () => void;
}

/** A new recovery kit: its words are shown, then taken away, and two of them asked for. */
export function KitSteps({ factors, has, enrol, submit = "Add the recovery kit", late = false, done, decline, onDecline }: Props) {
  const kit = useResult(async () => has ?? (await newRecoveryKit()), notifyError, []);
  const [taken, setTaken] = useState(has !== undefined);
  const [step, setStep] = useState<"words" | "again" | "check" | "print">("words");
  const [positions, setPositions] = useState<readonly number[]>([]);
  if (!kit) return <p class={text.hint}>Choosing 24 words…</p>;
  const take = async () => {
    if (!taken) await enrol(kit);
    setTaken(true);
  };
  const print = async () => {
    await take();
    printDocument(await factors.sheetOf(kit));
  };
  switch (step) {
    case "words":
    case "again":
      return (
        <Words
          words={kit.words}
          focus={step === "again"}
          print={late ? undefined : print}
          done={() => {
            setPositions(pickPositions(kit.words.length));
            setStep("check");
          }}
          decline={taken ? "Go on without checking" : decline}
          onDecline={onDecline}
        />
      );
    case "check":
      return (
        <Check
          kit={kit}
          positions={positions}
          enrol={async () => {
            await take();
            if (late) setStep("print");
            else done();
          }}
          submit={taken ? "Check" : submit}
          again={() => setStep("again")}
        />
      );
    case "print":
      return <Sheet print={print} done={done} />;
    default:
      return step satisfies never;
  }
}

/** Once the vault has the kit. */
function Sheet({ print, done }: { print: () => Promise<void>; done: () => void }) {
  return (
    <div ref={focusFirst}>
      <p class={text.lead}>The new kit opens the vault now. It can be printed as a sheet that says what to do with it.</p>
      <div class={styles.steps}>
        <Button id="kit-done" kind="main" act={done}>
          Done
        </Button>
        <Button id="kit-print" act={print}>
          Print
        </Button>
      </div>
    </div>
  );
}

interface WordsProps extends Pick<Props, "decline" | "onDecline"> {
  words: readonly string[];
  /** Whether the focus comes here: it was on what is gone now. */
  focus: boolean;
  print: (() => Promise<void>) | undefined;
  done: () => void;
}

function Words({ words, focus, print, done, decline, onDecline }: WordsProps) {
  return (
    <div ref={focus ? focusFirst : null}>
      <p class={text.lead}>
        Write these 24 words down{print ? ", or print them," : ""} and keep the paper where nobody else looks. They open the vault when what
        you use every day is lost. Nobody can show them again.
      </p>
      <KitSheet words={words} />
      <div class={styles.steps}>
        <Button id="kit-written" kind="main" act={done}>
          I have them on paper
        </Button>
        <ButtonGroup fill>
          {print && (
            <Button id="kit-print" act={print}>
              Print
            </Button>
          )}
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

export function CopyHint() {
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
  enrol: () => Promise<void>;
  submit: string;
  again: () => void;
}

function Check({ kit, positions, enrol, submit, again }: CheckProps) {
  const act = async (values: FormData) => {
    checkWords(kit.words, positions, values);
    await enrol();
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

export async function copy(words: readonly string[]): Promise<void> {
  try {
    await navigator.clipboard.writeText(words.join(" "));
  } catch {
    warn("The browser did not let the page copy the words. Write them down.");
  }
}

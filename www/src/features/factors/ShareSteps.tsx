import { useState } from "preact/hooks";
import type { RecoveryShares } from "strongroom";
import { Button, ButtonGroup } from "../../ui/Button";
import { printDocument } from "../../ui/print-document";
import text from "../../ui/text.module.css";
import { copy, CopyHint } from "./KitSteps";
import styles from "./KitSteps.module.css";
import { KitSheet } from "./KitSheet";
import type { FactorsModel } from "./model";

interface Props {
  factors: FactorsModel;
  /** New ones, which open the vault. */
  shares: RecoveryShares;
  done: () => void;
}

/** New recovery shares, one after the other: each is for another person. */
export function ShareSteps({ factors, shares, done }: Props) {
  const [at, setAt] = useState(0);
  const { mnemonics } = shares;
  const words = mnemonics[at]?.split(" ") ?? [];
  const last = at === mnemonics.length - 1;
  const print = async () => printDocument((await factors.sheetsOf(shares))[at] ?? "");
  return (
    <div data-testid="share-steps" data-number={at + 1}>
      <h3 class={styles.title}>
        Share {at + 1} of {mnemonics.length}
      </h3>
      <p class={text.lead}>
        For one person alone: print it, or write its {words.length} words down. Nobody can show them again once this is closed.
      </p>
      <KitSheet words={words} />
      <div class={styles.steps}>
        <Button id="share-next" kind="main" act={() => (last ? done() : setAt(at + 1))}>
          {last ? "Done: all are given out" : "Next share"}
        </Button>
        <ButtonGroup fill>
          <Button id="share-print" act={print}>
            Print
          </Button>
          <Button id="share-copy" act={() => copy(words)}>
            Copy
          </Button>
          <Button id="share-back" off={at === 0} act={() => setAt(at - 1)}>
            Back
          </Button>
        </ButtonGroup>
        <CopyHint />
      </div>
    </div>
  );
}

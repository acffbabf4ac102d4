import { useState } from "preact/hooks";
import { Button } from "../../ui/Button";
import text from "../../ui/text.module.css";
import type { FactorsModel } from "./model";
import styles from "./Required.module.css";
import { RequireBoth, RequireOne } from "./RequireDialogs";
import { missingForBoth } from "./requirements";

/** How many factors it takes to open the vault, and what changes that. */
export function Required({ factors }: { factors: FactorsModel }) {
  const [asking, setAsking] = useState<"both" | "one">();
  const { list, both } = factors;
  if (!list) return null;
  const missing = both ? [] : missingForBoth(list);
  const close = () => setAsking(undefined);
  return (
    <section class={styles.card} aria-labelledby="required-title" data-testid="required" data-takes={both ? "both" : "one"}>
      <div class={styles.text}>
        <h3 id="required-title">{both ? "It takes a passphrase and a passkey together" : "It takes one of these"}</h3>
        <p class={text.hint}>{both ? BOTH : ONE}</p>
        {missing.length > 0 && (
          <>
            <p class={text.hint}>Before it can take both:</p>
            <ul class={styles.missing} data-testid="required-missing">
              {missing.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </>
        )}
      </div>
      {both && (
        <Button id="require-one" act={() => setAsking("one")}>
          Require one again
        </Button>
      )}
      {!both && missing.length === 0 && (
        <Button id="require-both" act={() => setAsking("both")}>
          Require both
        </Button>
      )}
      {asking === "both" && <RequireBoth factors={factors} close={close} />}
      {asking === "one" && <RequireOne factors={factors} close={close} />}
    </section>
  );
}

const BOTH =
  "Whoever guesses the passphrase, or finds the passkey, opens nothing by that alone. What is on paper opens the vault alone: keep it in a safe place.";

const ONE =
  "It can take a passphrase and a passkey together: then a guessed passphrase, or a passkey that somebody finds, opens nothing by itself. What is on paper goes on opening it alone.";

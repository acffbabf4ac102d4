import { useEffect, useState } from "preact/hooks";
import type { FactorInfo } from "strongroom";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Choice } from "../../ui/fields";
import { focusMain } from "../../ui/focus";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { failedSentence } from "./failed-attempts";
import { KitSteps } from "./KitSteps";
import { titleOf } from "./labels";
import type { FactorsModel } from "./model";
import { enrolling, NewPassphraseFields } from "./NewPassphrase";
import styles from "./Offer.module.css";

/** What is proposed right after a vault was opened: a recovery kit, or a passphrase in the place of a lost one. */
export function Offer({ factors }: { factors: FactorsModel }) {
  const { offer } = factors;
  const open = offer !== undefined;
  // Nobody pressed anything to open it, so nothing gets the focus back.
  useEffect(() => (open ? () => requestAnimationFrame(focusMain) : undefined), [open]);
  if (!offer) return null;
  return offer.of === "kit" ? <OfferKit factors={factors} /> : <OfferPassphrase factors={factors} />;
}

function OfferKit({ factors }: { factors: FactorsModel }) {
  const decline = () => factors.decline();
  return (
    <Dialog id="offer-kit" title={`Recovery kit of “${factors.vault}”`} close={decline}>
      <KitSteps
        vault={factors.vault}
        enrol={(kit) => factors.acceptKit(kit)}
        decline="Go on without a kit"
        onDecline={decline}
      />
    </Dialog>
  );
}

function OfferPassphrase({ factors }: { factors: FactorsModel }) {
  const { list, failedAttempts } = factors;
  const decline = () => factors.decline();
  return (
    <Dialog id="offer-passphrase" title="Is the passphrase lost?" close={decline}>
      {failedAttempts && <p class={text.lead}>{failedSentence(failedAttempts)}</p>}
      <p class={text.lead}>
        The recovery kit has opened “{factors.vault}”. Choose another passphrase now: the lost one then opens the vault no more,
        whoever finds it.
      </p>
      {list ? <Replacement factors={factors} lost={list.filter(({ kind }) => kind === "passphrase")} /> : null}
      <div class={styles.foot}>
        <Button id="offer-passphrase-decline" act={decline}>
          I still know it
        </Button>
      </div>
    </Dialog>
  );
}

function Replacement({ factors, lost }: { factors: FactorsModel; lost: readonly FactorInfo[] }) {
  const [chosen, setChosen] = useState(lost[0]?.id);
  const act = (values: FormData) =>
    enrolling(values, (added) => factors.acceptPassphrase(added, lost.find(({ id }) => id === chosen)));
  return (
    <Form id="recover" submit="Set the new passphrase" busy="Deriving the key…" act={act}>
      {lost.length > 1 && (
        <Choice
          id="recover-which"
          name="which"
          label="In the place of"
          value={chosen ?? ""}
          options={lost.map((one) => [one.id, titleOf(one)] as const)}
          onChange={setChosen}
        />
      )}
      <NewPassphraseFields id="recover" />
    </Form>
  );
}

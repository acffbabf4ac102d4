import { useEffect, useState } from "preact/hooks";
import type { FactorInfo } from "strongroom";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Choice } from "../../ui/fields";
import { focusMain } from "../../ui/focus";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { AddForm } from "./AddFactor";
import { usable } from "./available";
import { failedSentence } from "./failed-attempts";
import { KitSteps } from "./KitSteps";
import { titleOf } from "./labels";
import type { FactorOffer, FactorsModel } from "./model";
import { enrolling, NewWayFields } from "./NewPassphrase";
import styles from "./Offer.module.css";

/** What is proposed right after a vault was opened: a recovery kit, or a passphrase in the place of a lost one. */
export function Offer({ factors }: { factors: FactorsModel }) {
  const { offer } = factors;
  const open = offer !== undefined;
  // Nobody pressed anything to open it, so nothing gets the focus back.
  useEffect(() => (open ? () => requestAnimationFrame(focusMain) : undefined), [open]);
  if (!offer) return null;
  switch (offer.of) {
    case "kit":
      return <OfferKit factors={factors} />;
    case "instead":
      return <OfferInstead factors={factors} />;
    case "device":
      return <OfferDevice factors={factors} offer={offer} />;
    default:
      return offer.of satisfies never;
  }
}

function OfferKit({ factors }: { factors: FactorsModel }) {
  const decline = () => factors.decline();
  return (
    <Dialog id="offer-kit" title={`Recovery kit of “${factors.vault}”`} close={decline}>
      <KitSteps
        factors={factors}
        has={factors.offer?.kit}
        enrol={(kit) => factors.takeKit(kit)}
        done={() => factors.acceptKit()}
        decline="Go on without a kit"
        onDecline={decline}
      />
    </Dialog>
  );
}

/** After a vault came from another device: what to know of it, and what opens it here. */
function OfferDevice({ factors, offer }: { factors: FactorsModel; offer: FactorOffer }) {
  const decline = () => factors.decline();
  return (
    <Dialog id="offer-device" title={`“${factors.vault}” is on this device`} close={decline}>
      {offer.warnings?.map((warning) => (
        <p key={warning} class={styles.warning} data-testid="restore-warning">
          {warning}
        </p>
      ))}
      <p class={text.lead}>What opened it there opens it here. Something of this device’s own can open it, too:</p>
      <AddForm
        factors={factors}
        kinds={["passkey", "this-device", "passphrase"]}
        presented={offer.factor}
        close={() => factors.endOffer()}
      />
      <div class={styles.foot}>
        <Button id="offer-device-decline" act={decline}>
          Not now
        </Button>
      </div>
    </Dialog>
  );
}

function OfferInstead({ factors }: { factors: FactorsModel }) {
  const { list, failedAttempts } = factors;
  const decline = () => factors.decline();
  return (
    <Dialog id="offer-instead" title="What is lost?" close={decline}>
      {failedAttempts && <p class={text.lead}>{failedSentence(failedAttempts)}</p>}
      <p class={text.lead}>
        “{factors.vault}” was opened by words on paper. Put something else in the place of what is lost now: that then opens the
        vault no more, whoever finds it.{factors.both && " If both the passphrase and the passkey are lost, change the other one under “Access” then."}
      </p>
      {list ? <Replacement factors={factors} lost={list.filter(({ kind }) => usable(LOSABLE).some((one) => one === kind))} /> : null}
      <div class={styles.foot}>
        <Button id="offer-instead-decline" act={decline}>
          Nothing is lost
        </Button>
      </div>
    </Dialog>
  );
}

function Replacement({ factors, lost }: { factors: FactorsModel; lost: readonly FactorInfo[] }) {
  const [chosen, setChosen] = useState(lost[0]?.id);
  const act = (values: FormData) =>
    enrolling(values, factors.vault, (added) => factors.acceptInstead(added, lost.find(({ id }) => id === chosen)));
  return (
    <Form id="recover" submit="Use this from now on" busy="Encrypting every record again…" act={act}>
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
      <NewWayFields key={chosen} id="recover" first={kindOf(lost, chosen)} only={factors.both} />
    </Form>
  );
}

const LOSABLE = ["passphrase", "passkey"] as const;

/** A passkey is followed by a passkey. */
const kindOf = (lost: readonly FactorInfo[], chosen: string | undefined): "passphrase" | "passkey" =>
  lost.find(({ id }) => id === chosen)?.kind === "passkey" ? "passkey" : "passphrase";

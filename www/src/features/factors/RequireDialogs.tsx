import type { PresentedFactor } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { ConsequenceList } from "../keys/actions/ConsequenceList";
import type { Consequence } from "../keys/actions/consequences";
import { kindsOf } from "./labels";
import type { FactorsModel } from "./model";
import { PresentFields, presenting } from "./present";

interface Props {
  factors: FactorsModel;
  close: () => void;
}

const OF_BOTH: readonly Consequence[] = [
  { kind: "happens", text: "Each unlock asks for the passphrase and the passkey. What is on paper goes on opening the vault alone." },
  { kind: "happens", text: "A new vault key wraps every key, and every key in use gets a new version, in one step." },
  { kind: "stops", text: "Other tabs with this vault are locked. No device opens it without typing any more." },
  { kind: "stays", text: "Your files open as before, and what opens the vault stays." },
  {
    kind: "copies",
    text: "An older backup still opens by one of them alone, and reads what was encrypted until now. Save a new backup afterwards, and destroy the older ones.",
  },
];

const OF_ONE: readonly Consequence[] = [
  { kind: "happens", text: "The passphrase alone opens the vault, and so does the passkey. A new vault key wraps every key, in one step." },
  { kind: "stops", text: "Other tabs with this vault are locked." },
  { kind: "stays", text: "Its keys, all files and what opens the vault stay as they are." },
  { kind: "copies", text: "Backups that were saved while it took both take both, as ever." },
];

/** Has the vault take a passphrase and a passkey together. Both are asked for: each is known to open it then. */
export function RequireBoth({ factors, close }: Props) {
  const ended = useAbort();
  const act = async (values: FormData) => {
    await presenting(values, (factor: PresentedFactor) => factors.requireBoth(factor, ended));
    close();
  };
  return (
    <Dialog id="require-both-dialog" title="Require a passphrase and a passkey together?" close={close}>
      <Form id="require-both-form" submit="Require both" busy="Encrypting every record again…" act={act}>
        <ConsequenceList list={OF_BOTH} />
        <p class={text.hint}>Confirm with both:</p>
        <PresentFields kinds={["passphrase", "passkey"]} both />
      </Form>
    </Dialog>
  );
}

/** Has any one factor open the vault again. */
export function RequireOne({ factors, close }: Props) {
  const ended = useAbort();
  const act = async (values: FormData) => {
    await presenting(values, (factor: PresentedFactor) => factors.requireOne(factor, ended));
    close();
  };
  return (
    <Dialog id="require-one-dialog" title="Require one of them again?" close={close}>
      <Form id="require-one-form" submit="Require one again" busy="Encrypting every record again…" act={act}>
        <ConsequenceList list={OF_ONE} />
        <PresentFields kinds={kindsOf(factors.list ?? [])} both title="Confirm with what opens the vault now" />
      </Form>
    </Dialog>
  );
}

import type { FactorInfo } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { kindsWith, titleOf } from "./labels";
import type { FactorsModel } from "./model";
import { PresentFields, presenting } from "./present";
import type { TaskProps } from "./task-props";

interface Props {
  factors: FactorsModel;
  of: FactorInfo;
  done: () => void;
}

/** Presents one factor once, so that it knows the vault's identity. */
export function PresentFactor({ factors, of, done }: Props) {
  const { kind } = of;
  const act = async (values: FormData) => {
    await presenting(values, (factor) => factors.present(of, factor), of);
    done();
  };
  return (
    <Form id="present-form" submit="Present" busy="Opening the vault…" act={act}>
      <PresentFields kinds={kindsWith(kind, factors.both)} both={factors.both} />
    </Form>
  );
}

export function PresentDialog({ factors, to, close }: TaskProps) {
  return (
    <Dialog id="present-factor" title={`Present “${titleOf(to)}”`} close={close}>
      <p class={text.lead}>
        The vault has a new identity since another way in was revoked as compromised. Used once while the vault is open, this one
        knows it too. Otherwise the next unlock with it asks you to compare identities.
      </p>
      <PresentFactor factors={factors} of={to} done={close} />
    </Dialog>
  );
}

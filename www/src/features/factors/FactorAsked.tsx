import { factorRequest, type FactorRequest, type FactorRuleName } from "../../app/factor-request";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { kindsOf } from "./labels";
import type { FactorsModel } from "./model";
import { PresentFields, presenting } from "./present";

const WHY: Record<FactorRuleName, string> = {
  freshFactor: "A policy asks that a person is there now. Present something that opens this vault, and what you began goes on.",
  secondFactor:
    "A policy asks for two kinds of factors, such as a passphrase and a passkey. Present one of another kind than the vault was unlocked with, and what you began goes on.",
};

const ONE_KIND =
  "A policy asks for two kinds of factors, and this vault opens with one kind alone. Add another one under “Access”; until then this is refused.";

/** Asks for the factor that a policy wants, wherever that was. */
export function FactorAsked({ factors }: { factors: FactorsModel }) {
  const { value: request } = factorRequest;
  return request ? <Ask key={request.rule} factors={factors} request={request} /> : null;
}

function Ask({ factors, request: { rule, end } }: { factors: FactorsModel; request: FactorRequest }) {
  const act = async (values: FormData) => {
    await presenting(values, (factor) => factors.authenticate(factor));
    end(true);
  };
  const kinds = kindsOf(factors.list ?? []);
  return (
    <Dialog id="factor-asked" title="Show that it is you" close={() => end(false)}>
      <p class={text.lead} data-testid="factor-asked-why" data-rule={rule}>
        {rule === "secondFactor" && kinds.length < 2 ? ONE_KIND : WHY[rule]}
      </p>
      <Form id="factor-asked-form" submit="Go on" busy="Looking…" act={act}>
        <PresentFields id="asked" kinds={kinds} both={factors.both} />
      </Form>
    </Dialog>
  );
}

import { useState } from "preact/hooks";
import type { KeyOperation, KeyPolicy, VaultKey } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Check, Choice, Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { formatPeriod } from "../../ui/format";
import { MomentField } from "../../ui/MomentField";
import { Warning } from "../../ui/Warning";
import type { KeysModel } from "../keys/model";
import { draftOf, momentText, requiredText } from "./form";
import { OperationMatrix } from "./OperationMatrix";
import styles from "./PolicyEditor.module.css";
import { TryDraft } from "./TryDraft";
import { hasContexts, operationsOf } from "./words";

interface Props {
  of: VaultKey;
  keys: KeysModel;
  close: () => void;
}

type Options = readonly (readonly [value: string, text: string])[];

const WITHIN = ["PT1M", "PT5M", "PT15M", "PT1H", "P1D"];
const REVIEWS = ["P90D", "P180D", "P365D"];

/** 2^52. */
const MOST_USES = 4_503_599_627_370_496;

/** A key's policy as a form. */
export function PolicyEditor({ of, keys, close }: Props) {
  const { alias, policy = {}, purpose } = of;
  const operations = operationsOf(of);
  const [allowed, setAllowed] = useState<readonly KeyOperation[]>(policy.operations ?? operations);
  const [draft, setDraft] = useState(0);
  const set = async (values: FormData) => {
    const reason = String(values.get("reason")).trim() || undefined;
    await keys.actions.setPolicy(of, draftOf(values, operations, of.policy) ?? null, reason);
    close();
  };
  const noteChange = ({ target, currentTarget }: { target: EventTarget | null; currentTarget: HTMLElement }) => {
    setDraft((number) => number + 1);
    if (!(target instanceof HTMLInputElement) || target.name !== "operations") return;
    const boxes = currentTarget.querySelectorAll<HTMLInputElement>('input[name="operations"]:checked');
    setAllowed(Array.from(boxes, ({ value }) => value as KeyOperation));
  };
  return (
    <Dialog id="policy-dialog" title={`Policy of “${alias}”`} close={close}>
      <Form id="policy-form" submit="Set this policy" busy="Setting it…" act={set}>
        <div onChange={noteChange} onInput={() => setDraft((number) => number + 1)}>
          <OperationMatrix operations={operations} policy={policy} />
          <Lasting allowed={allowed} />
          <Factors policy={policy} />
          <fieldset class={styles.pair}>
            <legend class={styles.legend}>When it is used, and how often</legend>
            <MomentField id="policy-not-before" name="notBefore" label="Not before" value={momentText(policy.notBefore)} />
            <MomentField id="policy-not-after" name="notAfter" label="Not after" value={momentText(policy.notAfter)} />
            <Field
              id="policy-minimum-version"
              name="minimumVersion"
              label="Earliest version"
              value={shown(policy.minimumVersion)}
              range={[1, 1000]}
              optional
            />
            <Field id="policy-maximum-uses" name="maximumUses" label="Uses at the most" value={shown(policy.maximumUses)} range={[1, MOST_USES]} optional />
          </fieldset>
          {hasContexts(purpose) && <ContextFields rule={policy.context ?? {}} />}
          <Choice id="policy-review" name="reviewEvery" label="To be reviewed" value={policy.reviewEvery ?? ""} options={[["", "never"], ...periods(REVIEWS, policy.reviewEvery, "every ")]} />
        </div>
        <TryDraft of={of} form="policy-form" operations={operations} draft={draft} />
        <Field id="policy-reason" name="reason" label="Reason for the change" hint="The log keeps it." maxLength={500} autocomplete="off" optional />
      </Form>
    </Dialog>
  );
}

/** What cannot be taken back. */
function Lasting({ allowed }: { allowed: readonly KeyOperation[] }) {
  const lasts = !allowed.includes("setPolicy");
  const stays = !allowed.includes("destroy") && !allowed.includes("scheduleDestroy");
  if (!lasts && !stays) return null;
  return (
    <Warning testid="policy-lasts" grave={lasts}>
      <p>
        {lasts && "Nobody can change this policy any more: “change the policy” is not allowed. "}
        {stays && "The key can be removed only with its vault."}
      </p>
    </Warning>
  );
}

function Factors({ policy: { freshFactor, secondFactor } }: { policy: KeyPolicy }) {
  return (
    <fieldset class={styles.pair}>
      <legend class={styles.legend}>How long ago a factor may have been presented</legend>
      <Choice
        id="policy-fresh-within"
        name="freshFactor-within"
        label="Factor"
        value={freshFactor?.within ?? "PT5M"}
        options={periods(WITHIN, freshFactor?.within)}
      />
      <Choice
        id="policy-second-within"
        name="secondFactor-within"
        label="Two kinds"
        value={secondFactor?.within ?? "PT5M"}
        options={periods(WITHIN, secondFactor?.within)}
      />
    </fieldset>
  );
}

function ContextFields({ rule }: { rule: NonNullable<KeyPolicy["context"]> }) {
  return (
    <fieldset>
      <legend class={styles.legend}>Which encryption contexts</legend>
      <Field
        id="policy-required"
        name="required"
        label="Required names and values"
        hint="For example tenant: 42, path: *. An asterisk stands for any value."
        value={requiredText(rule)}
        autocomplete="off"
        optional
      />
      <Check id="policy-only" name="only" label="No other names, but these:" checked={rule.only !== undefined} />
      <Field id="policy-names" name="names" label="Other names" hint="For example author, kind" value={rule.only?.join(", ") ?? ""} autocomplete="off" optional />
    </fieldset>
  );
}

/** Periods to choose from, and the one that it has. */
function periods(offered: readonly string[], own: string | undefined, before = ""): Options {
  const all = own === undefined || own === "" || offered.includes(own) ? offered : [...offered, own];
  return all.map((period) => [period, `${before}${formatPeriod(period)}`] as const);
}

const shown = (number: number | undefined): string => (number === undefined ? "" : String(number));

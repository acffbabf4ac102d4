import { useRef, useState } from "preact/hooks";
import type { KeyPolicy, VaultKey } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Check, Choice, Field, LongField } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { formatPeriod } from "../../ui/format";
import { MomentField } from "../../ui/MomentField";
import { Warning } from "../../ui/Warning";
import { ApprovalFields } from "./ApprovalFields";
import { approversIn, draftOf, momentText, requiredText } from "./form";
import { OperationMatrix } from "./OperationMatrix";
import styles from "./PolicyEditor.module.css";
import { TryDraft } from "./TryDraft";
import { APPROVABLE, hasContexts, KEY_OPERATIONS, operationsOf, VAULT_OPERATIONS, type AnyOperation, type AnyPolicy } from "./words";

interface Props {
  /** The key whose policy it is; the vault's where there is none. */
  of?: VaultKey;
  policy: AnyPolicy | undefined;
  title: string;
  /** @param policy `undefined` takes it away */
  set: (policy: AnyPolicy | undefined, reason: string | undefined) => Promise<void>;
  close: () => void;
}

type Options = readonly (readonly [value: string, text: string])[];

const WITHIN = ["PT1M", "PT5M", "PT15M", "PT1H", "P1D"];
const REVIEWS = ["P90D", "P180D", "P365D"];

/** 2^52. */
const MOST_USES = 4_503_599_627_370_496;

const NEEDS = "Which operations are allowed, and which of them need a reason, a factor that was presented lately, or factors of two kinds.";

/** A policy of a key or of the vault as a form. */
export function PolicyEditor({ of, policy: current, title, set, close }: Props) {
  const policy: AnyPolicy = current ?? {};
  const onKeys = of ? operationsOf(of) : KEY_OPERATIONS;
  const operations = of ? onKeys : [...onKeys, ...VAULT_OPERATIONS];
  const approvable = APPROVABLE.filter((one) => operations.includes(one));
  const [chosen, setChosen] = useState<Chosen>({
    allowed: policy.operations ?? operations,
    approved: policy.approval?.operations ?? [],
    people: policy.approval?.approvers.length ?? 0,
  });
  const [draft, setDraft] = useState(0);
  const latestRef = useRef(0);
  const { minimumVersion, maximumUses, receivers = [] } = policy as KeyPolicy;
  const act = async (values: FormData) => {
    const reason = String(values.get("reason")).trim() || undefined;
    await set(draftOf<AnyPolicy>(values, operations), reason);
    close();
  };
  const noteChange = ({ currentTarget }: { currentTarget: HTMLElement }) => {
    latestRef.current += 1;
    setDraft(latestRef.current);
    setChosen(chosenIn(currentTarget));
  };
  return (
    <Dialog id="policy-dialog" title={title} close={close}>
      <Form id="policy-form" submit="Set this policy" busy="Setting it…" act={act}>
        <div onChange={noteChange} onInput={noteChange}>
          <OperationMatrix title={of ? NEEDS : `On keys, besides the policy of each. ${NEEDS}`} operations={onKeys} policy={policy} />
          {!of && <OperationMatrix title="On the vault itself." operations={VAULT_OPERATIONS} policy={policy} />}
          <Lasting allowed={chosen.allowed} vault={!of} />
          <Factors policy={policy} />
          <ApprovalFields rule={policy.approval} offered={approvable} chosen={chosen.approved} people={chosen.people} />
          <fieldset class={styles.pair}>
            <legend class={styles.legend}>{of ? "When it is used, and how often" : "When keys are used"}</legend>
            <MomentField id="policy-not-before" name="notBefore" label="Not before" value={momentText(policy.notBefore)} />
            <MomentField id="policy-not-after" name="notAfter" label="Not after" value={momentText(policy.notAfter)} />
            {of && (
              <>
                <Field
                  id="policy-minimum-version"
                  name="minimumVersion"
                  label="Earliest version"
                  value={shown(minimumVersion)}
                  range={[1, 1000]}
                  optional
                />
                <Field id="policy-maximum-uses" name="maximumUses" label="Uses at the most" value={shown(maximumUses)} range={[1, MOST_USES]} optional />
              </>
            )}
          </fieldset>
          {of && (
            <LongField
              id="policy-receivers"
              name="receivers"
              label="Thumbprints of those who may receive the key"
              hint="One per line. With any, the key is not exported."
              value={receivers.join("\n")}
              rows={3}
              optional
            />
          )}
          {(!of || hasContexts(of.purpose)) && <ContextFields rule={policy.context ?? {}} />}
          <Choice id="policy-review" name="reviewEvery" label="To be reviewed" value={policy.reviewEvery ?? ""} options={[["", "never"], ...periods(REVIEWS, policy.reviewEvery, "every ")]} />
        </div>
        {of && <TryDraft of={of} form="policy-form" operations={operations} draft={draft} latest={() => latestRef.current} />}
        <Field id="policy-reason" name="reason" label="Reason for the change" hint="The log keeps it." maxLength={500} autocomplete="off" optional />
      </Form>
    </Dialog>
  );
}

/** What is chosen in the form, as far as it is told of there. */
interface Chosen {
  allowed: readonly AnyOperation[];
  approved: readonly string[];
  people: number;
}

function chosenIn(form: HTMLElement): Chosen {
  const values = (name: string) => Array.from(form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]:checked`), ({ value }) => value);
  const typed = form.querySelector<HTMLTextAreaElement>('textarea[name="approvers"]')?.value ?? "";
  return { allowed: values("operations") as AnyOperation[], approved: values("approval"), people: approversIn(typed).length };
}

/** What cannot be taken back. */
function Lasting({ allowed, vault }: { allowed: readonly AnyOperation[]; vault: boolean }) {
  const lasts = !allowed.includes(vault ? "setVaultPolicy" : "setPolicy");
  const stays = !allowed.includes("destroy") && !allowed.includes("scheduleDestroy");
  if (!lasts && !stays) return null;
  return (
    <Warning testid="policy-lasts" grave={lasts}>
      <p>
        {lasts && `Nobody can change this policy any more: “${vault ? "change the vault’s policy" : "change the policy"}” is not allowed. `}
        {stays && (vault ? "Keys can be removed only with the vault." : "The key can be removed only with its vault.")}
      </p>
    </Warning>
  );
}

function Factors({ policy: { freshFactor, secondFactor } }: { policy: AnyPolicy }) {
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

import { useState } from "preact/hooks";
import type { FactorInfo } from "strongroom";
import { Button } from "../../ui/Button";
import { Fact, Facts } from "../../ui/Facts";
import { formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { isElsewhere, kindName, titleOf } from "../factors/labels";
import type { FactorsModel } from "../factors/model";
import styles from "./KmsKeys.module.css";
import { serviceOf } from "./services";
import { TestKmsKey } from "./TestKmsKey";

/** Keys whose private half is elsewhere: what each is, and what in this vault needs it. */
export function KmsKeys({ factors }: { factors: FactorsModel }) {
  const [tested, test] = useState<FactorInfo>();
  const keys = (factors.list ?? []).filter(({ kind }) => isElsewhere(kind));
  if (keys.length === 0) return null;
  return (
    <section class={styles.section} aria-labelledby="kms-title" data-testid="kms-keys">
      <h3 id="kms-title">Keys at a service or an organisation</h3>
      <p class={text.hint}>
        The vault has their public halves, and knows each by its thumbprint. The name is what was said when it was added: compare the
        thumbprint with what its owner says.
      </p>
      {keys.map((key) => (
        <KmsKey key={key.id} factors={factors} of={key} test={() => test(key)} />
      ))}
      {tested && <TestKmsKey factors={factors} to={tested} close={() => test(undefined)} />}
    </section>
  );
}

function KmsKey({ factors, of, test }: { factors: FactorsModel; of: FactorInfo; test: () => void }) {
  const { kind, escrow: thumbprint, escrowKid: kid } = of;
  const service = serviceOf(kid);
  const title = `kms-${of.id}`;
  return (
    <article class={styles.key} aria-labelledby={title} data-testid="kms-key" data-kind={kind} data-kid={kid ?? ""}>
      <div class={styles.head}>
        <h4 id={title}>
          <bdi>{titleOf(of)}</bdi>
        </h4>
        {service === "AWS KMS" && (
          <Button testid="kms-test" label={`Test: ${titleOf(of)}`} act={test}>
            Test the key
          </Button>
        )}
      </div>
      <Facts>
        <Fact name="Kept at">{service ?? "a place that its name does not tell"}</Fact>
        <Fact name="Name there">{kid ? <code data-testid="kms-kid">{kid}</code> : "none was given"}</Fact>
        <Fact name="Thumbprint">
          <code data-testid="kms-thumbprint">{thumbprint}</code>
        </Fact>
        <Fact name="State" testid="kms-state">
          {stateOf(of)}
        </Fact>
        <Fact name="What needs it">
          <ul class={styles.needs} data-testid="kms-needs">
            {needsOf(factors, of).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Fact>
      </Facts>
    </article>
  );
}

function stateOf({ kind, rehearsedAt }: FactorInfo): string {
  if (kind === "kms") return "Not known here: a gate is asked at an unlock. A test asks its service.";
  if (rehearsedAt === undefined) return "Never tried. Whether its owner can open the vault, only a test tells.";
  return `It opened the vault in a test on ${formatDate(rehearsedAt)}.`;
}

function needsOf({ required, bound }: FactorsModel, { id, kind }: FactorInfo): string[] {
  const sentences = kind === "escrow" ? ["Nothing in daily use: it opens the vault alone, for its owner."] : [gateNeed(required)];
  if (bound.includes(id)) sentences.push("The policy of the vault’s organisation requires it.");
  sentences.push("Backups saved since it was added open by it: keep it enabled until none of them is needed.");
  return sentences;
}

function gateNeed(required: readonly string[] | undefined): string {
  if (!required?.includes("kms")) return "Nothing yet: the vault does not require a gate.";
  const beside = required.find((kind) => kind !== "kms") ?? "passphrase";
  return `Each unlock: it is asked beside the ${kindName(beside)}.`;
}

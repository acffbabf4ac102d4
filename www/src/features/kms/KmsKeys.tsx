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
      <h3 id="kms-title">Keys kept elsewhere</h3>
      <p class={text.hint}>
        The private half of each is at a key management service, or with an organisation. The vault knows a key by its thumbprint:
        compare it with what the key’s owner says. The name is what was typed when it was added.
      </p>
      {keys.map((key) => (
        <KmsKey key={key.id} factors={factors} of={key} test={() => test(key)} />
      ))}
      {tested && <TestKmsKey factors={factors} to={tested} close={() => test(undefined)} />}
    </section>
  );
}

function KmsKey({ factors, of, test }: { factors: FactorsModel; of: FactorInfo; test: () => void }) {
  const { kind, key } = of;
  const { thumbprint = "", kid } = key ?? {};
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
            Test
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

function stateOf({ kind, rehearsedAt, key }: FactorInfo): string {
  if (rehearsedAt !== undefined) return `It opened the vault in a test on ${formatDate(rehearsedAt)}.`;
  if (serviceOf(key?.kid) !== "AWS KMS") return "Not known. This page tests keys of AWS KMS alone.";
  if (kind === "kms") return "Not known. A test asks the service whether it would decrypt.";
  return "Never tried. Only a test tells whether it opens the vault.";
}

function needsOf({ required, bound }: FactorsModel, { id, kind }: FactorInfo): string[] {
  const sentences = kind === "escrow" ? ["Nothing in daily use. It opens the vault alone, for whoever keeps it."] : [gateNeed(required)];
  if (bound.includes(id)) sentences.push("The policy of the vault’s organisation requires it.");
  if (kind === "escrow") sentences.push("Backups that were saved since it was added. Keep it enabled until none of them is needed.");
  return sentences;
}

function gateNeed(required: readonly string[] | undefined): string {
  if (!required?.includes("kms")) return "Nothing yet: the vault does not require a gate.";
  const beside = required.find((kind) => kind !== "kms") ?? "passphrase";
  return `Each unlock, of backups too: it is asked beside the ${kindName(beside)}.`;
}

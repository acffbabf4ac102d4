import { useState } from "preact/hooks";
import { escrow, kmsGate, type FactorInfo, type NewFactor } from "strongroom";
import { explain } from "../../app/explain";
import { Fact, Facts } from "../../ui/Facts";
import { Field, LongField } from "../../ui/fields";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import styles from "./NewKmsKey.module.css";
import { readPublicKey, type PastedKey } from "./public-key";

/** The public half of a key that is elsewhere, and its name there. */
export function NewKmsKeyFields({ id }: { id: string }) {
  const [read, setRead] = useState<PastedKey | Problem>();
  const onInput = async ({ target }: Event) => {
    const { name, value } = target as HTMLTextAreaElement;
    if (name !== "key") return;
    const found = value.trim() ? await readPublicKey(value).catch((error: unknown) => (error instanceof Problem ? error : new Problem(explain(error), "key"))) : undefined;
    // What is typed meanwhile is read by itself.
    if ((target as HTMLTextAreaElement).value === value) setRead(found);
  };
  return (
    <div class={styles.fields} onInput={(event) => void onInput(event)}>
      <LongField
        id={`${id}-key`}
        name="key"
        label="Public key"
        rows={4}
        hint="A JWK or PEM, of RSA (2,048 to 4,096 bits) or on P-256. The private half stays where it is."
      />
      <div role="status" data-testid={`${id}-read`} class={styles.read}>
        {read instanceof Problem && <p class={text.problem}>{read.message}</p>}
        {read && !(read instanceof Problem) && (
          <>
            <Facts>
              <Fact name="Key">{read.kind}</Fact>
              <Fact name="Thumbprint">
                <code data-testid={`${id}-thumbprint`}>{read.thumbprint}</code>
              </Fact>
            </Facts>
            <p class={text.hint}>Compare it with what the key’s owner says by another channel: who can change this key chooses who opens the vault.</p>
          </>
        )}
      </div>
      <Field
        id={`${id}-kid`}
        name="kid"
        label="Its name at the service"
        maxLength={512}
        autocomplete="off"
        hint="Such as arn:aws:kms:…, by which the service is asked. Left empty, it is the name in the JWK."
        optional
      />
    </div>
  );
}

/** Makes the factor of what was pasted. @param list what the vault has @param kind an escrow, or a gate @throws Problem */
export async function pastedFactor(values: FormData, list: readonly FactorInfo[], kind: "escrow" | "kms"): Promise<NewFactor> {
  const { jwk, kid, thumbprint } = await readPublicKey(String(values.get("key")));
  const there = list.find((one) => one.key?.thumbprint === thumbprint && one.kind !== kind);
  if (there) throw new Problem("The vault has this key for another use already. A key serves one use: make another one for this.", "key");
  const called = String(values.get("kid")).trim() || kid;
  const named = called ? { ...jwk, kid: called } : jwk;
  return kind === "kms" ? kmsGate(named) : escrow(named);
}

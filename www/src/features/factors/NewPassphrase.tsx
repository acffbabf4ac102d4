import { useState } from "preact/hooks";
import { passkey, PasskeyError, passphrase, WeakPassphraseError, type Passkey, type Passphrase } from "strongroom";
import { explain, explainNewPasskey } from "../../app/explain";
import { Field, Segments } from "../../ui/fields";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import { hasPasskeys, usable, whyNoPasskeys } from "./available";
import { endCeremony, onCeremony } from "./ceremony";
import { CeremonyNote } from "./CeremonyNote";

interface Props {
  /** The first part of the handles of both fields. */
  id: string;
  label?: string;
  repeat?: string;
}

/** A passphrase that a vault is to get, typed twice. */
export function NewPassphraseFields({ id, label = "New passphrase", repeat = "Repeat the new passphrase" }: Props) {
  return (
    <>
      <Field
        id={`${id}-passphrase`}
        name="new"
        label={label}
        secret
        autocomplete="new-password"
        hint="Four or five unrelated words are strong and easy to remember."
      />
      <Field id={`${id}-repeat`} name="repeat" label={repeat} secret autocomplete="new-password" />
    </>
  );
}

/** A passkey that a vault is to get. */
export function NewPasskeyFields() {
  return (
    <>
      <input type="hidden" name="made" value="passkey" />
      <CeremonyNote of="new" idle="The browser asks three times: to make the passkey, to use it, and to use it once more, as a test." />
    </>
  );
}

interface WayProps extends Props {
  /** What is chosen first, where this browser has it. */
  first?: "passphrase" | "passkey";
  /** Whether it has to be that: a vault that takes both cannot do without the last of a kind. */
  only?: boolean;
}

/** A passphrase or a passkey; where there can be no passkey, why not. */
export function NewWayFields({ first = "passphrase", only, ...rest }: WayProps) {
  const [chosen, choose] = useState(first);
  const kind = hasPasskeys() ? chosen : "passphrase";
  const missing = whyNoPasskeys();
  return (
    <>
      {hasPasskeys() && !only && (
        <Segments
          id={`${rest.id}-by`}
          legend="Open the vault with"
          options={usable(["passphrase", "passkey"]).map((one) => [one, one === "passkey" ? "Passkey" : "Passphrase"] as const)}
          value={kind}
          onChange={choose}
        />
      )}
      {kind === "passkey" ? <NewPasskeyFields /> : <NewPassphraseFields {...rest} />}
      {missing && (
        <p class={text.hint} data-testid="no-passkeys">
          {missing}
        </p>
      )}
    </>
  );
}

/**
 * Uses what was typed or chosen there. One that cannot be used is a `Problem` of its field.
 *
 * @param vault whose passkey it is, in the person's list of passkeys
 */
export async function enrolling<T>(values: FormData, vault: string, use: (factor: Passphrase | Passkey) => Promise<T>): Promise<T> {
  if (values.has("made")) return enrollingPasskey(vault, use);
  const typed = String(values.get("new"));
  if (typed !== values.get("repeat")) throw new Problem("The two passphrases differ.", "repeat");
  if (typed === values.get("passphrase")) {
    throw new Problem("This is the passphrase that opens the vault now. Choose another one.", "new");
  }
  try {
    return await use(passphrase(typed));
  } catch (error) {
    throw error instanceof WeakPassphraseError ? new Problem(explain(error), "new") : error;
  }
}

async function enrollingPasskey<T>(vault: string, use: (factor: Passkey) => Promise<T>): Promise<T> {
  try {
    return await use(passkey({ userName: `Vault “${vault}”`, onCeremony }));
  } catch (error) {
    throw error instanceof PasskeyError ? new Problem(explainNewPasskey(error), "made") : error;
  } finally {
    endCeremony();
  }
}

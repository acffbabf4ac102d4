import { passphrase, WeakPassphraseError, type Passphrase } from "strongroom";
import { explain } from "../../app/explain";
import { Field } from "../../ui/fields";
import { Problem } from "../../ui/problem";

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

/** Uses what was typed there. One that cannot be used is a `Problem` of its field. */
export async function enrolling<T>(values: FormData, use: (factor: Passphrase) => Promise<T>): Promise<T> {
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

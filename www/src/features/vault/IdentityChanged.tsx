import type { PresentedFactor } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Check } from "../../ui/fields";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import styles from "./IdentityChanged.module.css";
import { unlockVault } from "./model";

/** A vault that another identity signs for than the factor knows. Nothing of it was opened. */
export interface ChangedVault {
  name: string;
  factor: PresentedFactor;
  /** The identity that the factor knows, and the one that signs now. */
  pinned: string;
  identity: string;
}

/** Lets the person who has compared the new identity go on. */
export function IdentityChanged({ of, close }: { of: ChangedVault; close: () => void }) {
  const { name, factor, pinned, identity } = of;
  return (
    <Dialog id="identity-changed" title={`“${name}” has a new identity`} close={close}>
      <p class={text.lead}>
        Something that opened this vault was revoked as compromised since you used this the last time. Whoever had it could write
        the same. Nothing was opened yet.
      </p>
      <dl class={styles.identities}>
        <div>
          <dt>Known to what you used</dt>
          <dd>
            <code data-testid="identity-pinned">{pinned}</code>
          </dd>
        </div>
        <div>
          <dt>Signs now</dt>
          <dd>
            <code data-testid="identity-now">{identity}</code>
          </dd>
        </div>
      </dl>
      <Form
        id="identity-form"
        submit="Unlock with the new identity"
        busy="Opening the vault…"
        act={() => unlockVault(name, factor, identity)}
      >
        <Check
          id="identity-compared"
          name="compared"
          label="I have compared it"
          hint="With what “Access” shows where the vault is open, or with what I noted down: the one that signs now is the same."
          required
        />
      </Form>
    </Dialog>
  );
}

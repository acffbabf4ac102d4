import { useState } from "preact/hooks";
import { thisDevice, type PresentedFactor, type RecoveryShares } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Field, Radios } from "../../ui/fields";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { noteDevice } from "../vault/last-way";
import { DEVICE_TIME, keepsKeys, usable, whyNoPasskeys } from "./available";
import { KitSteps } from "./KitSteps";
import { NewKmsKeyFields, pastedFactor } from "../kms/NewKmsKey";
import { isElsewhere, kindsOf, NEW_KINDS, type NewKind } from "./labels";
import type { FactorsModel } from "./model";
import { enrolling, NewPassphraseFields, NewPasskeyFields } from "./NewPassphrase";
import { PresentFields, presenting } from "./present";
import { ShareSteps } from "./ShareSteps";
import { SplitFields, splitting } from "./SplitFields";
import styles from "./AddFactor.module.css";

/** What was asked for before the words of a kit are shown. */
interface Confirmed {
  factor: PresentedFactor;
  name: string | undefined;
}

/** One more way in. */
export function AddFactor({ factors, close }: { factors: FactorsModel; close: () => void }) {
  const [confirmed, setConfirmed] = useState<Confirmed>();
  const [shares, setShares] = useState<RecoveryShares>();
  if (shares) {
    return (
      <Dialog id="add-factor-dialog" title="New recovery shares" close={close}>
        <ShareSteps factors={factors} shares={shares} done={close} />
      </Dialog>
    );
  }
  if (confirmed) {
    return (
      <Dialog id="add-factor-dialog" title="Another recovery kit" close={close}>
        <KitSteps
          factors={factors}
          enrol={(kit) => factors.add(kit, confirmed.factor, confirmed.name)}
          done={close}
          decline="Cancel"
          onDecline={close}
        />
      </Dialog>
    );
  }
  // Proposed first: what the vault lacks.
  const kinds: readonly NewKind[] = factors.lacksKit
    ? ["recovery-kit", "recovery-shares", "passphrase", "passkey", "this-device", "escrow", "kms"]
    : ["passphrase", "passkey", "recovery-kit", "recovery-shares", "this-device", "escrow", "kms"];
  return (
    <Dialog id="add-factor-dialog" title="What else opens this vault?" close={close}>
      <AddForm factors={factors} kinds={kinds} confirm={setConfirmed} show={(made) => setShares(() => made)} close={close} />
    </Dialog>
  );
}

interface AddFormProps {
  factors: FactorsModel;
  kinds: readonly NewKind[];
  /** Has opened the vault a moment ago; otherwise it is asked for. */
  presented?: PresentedFactor;
  /** A kit is to be shown. */
  confirm?: (confirmed: Confirmed) => void;
  /** Shares were made. */
  show?: (shares: RecoveryShares) => void;
  close: () => void;
}

/** Chooses what else opens the vault, and adds it. */
export function AddForm({ factors, kinds, presented, confirm, show, close }: AddFormProps) {
  const offered = usable(kinds).filter((kind) => kind !== "this-device" || (keepsKeys() && !factors.both));
  const [chosen, choose] = useState<NewKind>();
  const kind = chosen ?? offered[0] ?? "passphrase";
  const kit = kind === "recovery-kit";
  const missing = whyNoPasskeys();
  const add = async (values: FormData, factor: PresentedFactor) => {
    const name = String(values.get("name")).trim() || undefined;
    if (kit) {
      await factors.check(factor);
      confirm?.({ factor, name });
      return;
    }
    if (kind === "recovery-shares") {
      const shares = await splitting(values);
      await factors.add(shares, factor, name);
      show?.(shares);
      return;
    }
    if (isElsewhere(kind)) {
      await factors.add(await pastedFactor(values, factors.list ?? [], kind), factor, name);
    } else if (kind === "this-device") {
      await factors.add(thisDevice({ expires: DEVICE_TIME }), factor, name);
      noteDevice(factors.vault, true);
    } else {
      await enrolling(values, factors.vault, (added) => factors.add(added, factor, name));
    }
    close();
  };
  const act = (values: FormData) =>
    presented ? add(values, presented) : presenting(values, (factor) => add(values, factor));
  return (
    <Form id="add-factor-form" submit={submitOf(kind)} busy="Opening the vault…" act={act}>
      <Radios
        name="kind"
        legend="Kind"
        options={offered.map((value) => ({ value, name: NEW_KINDS[value].name, about: NEW_KINDS[value].about }))}
        onChange={(value) => choose(value as NewKind)}
      />
      {kind === "this-device" && <DeviceWarning />}
      {kind === "escrow" && <EscrowWarning />}
      <Field
        id="add-factor-name"
        name="name"
        label="Name"
        maxLength={64}
        autocomplete="off"
        hint="Optional, such as whose laptop it is, or where the paper lies. Stored encrypted."
        optional
      />
      {missing && (
        <p class={text.hint} data-testid="no-passkeys">
          {missing}
        </p>
      )}
      {kind === "recovery-shares" && <SplitFields />}
      {kind === "passphrase" && <NewPassphraseFields id="add-factor" />}
      {kind === "passkey" && <NewPasskeyFields />}
      {isElsewhere(kind) && <NewKmsKeyFields id="add-factor" />}
      {!presented && (
        <PresentFields
          kinds={kindsOf(factors.list ?? [])}
          both={factors.both}
          label="Passphrase that opens the vault now"
          title="Confirm with what opens the vault now"
        />
      )}
    </Form>
  );
}

function submitOf(kind: NewKind): string {
  if (kind === "recovery-kit") return "Show the words";
  if (isElsewhere(kind)) return "Add the key";
  return kind === "this-device" ? "Add this device" : `Add the ${NEW_KINDS[kind].name}`;
}

function DeviceWarning() {
  return (
    <p class={styles.warning} data-testid="device-warning">
      This does not protect from whoever sits at this device while it is unlocked, copies the browser’s files, or runs a script on
      this page: they open the vault, too, until it ends or is revoked. Choose it only where the device itself is locked and its
      disk encrypted.
    </p>
  );
}

function EscrowWarning() {
  return (
    <p class={styles.warning} data-testid="escrow-warning">
      Whoever has the private half opens the vault alone, at any time, and can do all that you can. Each use is in the log of its
      service, if it is kept at one.
    </p>
  );
}

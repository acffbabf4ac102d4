import { useState } from "preact/hooks";
import type { Factor, FactorInfo } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Radios } from "../../ui/fields";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { ConsequenceList } from "../keys/actions/ConsequenceList";
import type { Consequence } from "../keys/actions/consequences";
import { KitSteps } from "./KitSteps";
import { kindsOf, titleOf } from "./labels";
import { PresentFields, presenting } from "./present";
import type { TaskProps } from "./task-props";

const WAYS = [
  { value: "ordinary", name: "Nobody else has it", about: "Such as a paper that burnt, or a person who has left in peace." },
  {
    value: "compromised",
    name: "Somebody else may have it",
    about: "And a copy of the vault with it: a backup, or this browser's files.",
  },
] as const;

const CONSEQUENCES: Record<(typeof WAYS)[number]["value"], readonly Consequence[]> = {
  ordinary: [
    { kind: "happens", text: "It opens the vault no more. A new vault key wraps every key, in one step." },
    { kind: "stops", text: "Other tabs with this vault are locked." },
    { kind: "stays", text: "What else opens the vault, its keys and all files stay as they are." },
    {
      kind: "copies",
      text: "An older copy of the vault still opens with it, and has the keys as they were then: it reads your files, and signs as you.",
    },
  ],
  compromised: [
    { kind: "happens", text: "It opens the vault no more, and all that an older copy holds is made anew, in one step." },
    {
      kind: "happens",
      text: "Every version of every key is marked as compromised. Keys in use get a new version, which protects new files.",
    },
    {
      kind: "happens",
      text: "The vault gets a new identity. What else opens the vault is to be presented once, so that it knows it.",
    },
    { kind: "happens", text: "A recovery kit is replaced by a new one in the same step. You see its words first." },
    { kind: "stops", text: "Other tabs with this vault are locked. What only the old keys vouch for counts as unsigned." },
    { kind: "stays", text: "Your files open as before." },
    {
      kind: "copies",
      text: "What somebody copied before, they can still read. Re-encrypt what matters afterwards, on the page of its key.",
    },
  ],
};

/** Takes a factor away, with what an ordinary revocation leaves undone. */
export function RevokeFactor({ factors, to, close }: TaskProps) {
  // Of what a compromised revocation has left, the one that somebody else has added is as bad as that was.
  const ways = to.pinned ? WAYS : WAYS.toReversed();
  const [how, setHow] = useState<keyof typeof CONSEQUENCES>(to.pinned ? "ordinary" : "compromised");
  /** What confirmed it, while the words of the next kit are shown. */
  const [confirmed, setConfirmed] = useState<Factor>();
  const ended = useAbort();
  const others = (factors.list ?? []).filter(({ id, known }) => known && id !== to.id);
  const compromised = how === "compromised";
  const act = async (values: FormData) => {
    await presenting(values, async (factor) => {
      if (compromised && keepsKit(others, factor)) {
        await factors.check(factor);
        setConfirmed(factor);
        return;
      }
      await (compromised ? factors.revokeCompromised(to, factor, ended) : factors.revoke(to, factor, ended));
      close();
    });
  };
  if (confirmed) {
    return (
      <Dialog id="revoke-factor" title="Another recovery kit" close={close}>
        <KitSteps
          vault={factors.vault}
          enrol={async (kit) => {
            await factors.revokeCompromised(to, confirmed, ended, kit);
            close();
          }}
          submit={`Revoke “${titleOf(to)}”, and replace the kit`}
          decline="Cancel"
          onDecline={close}
        />
      </Dialog>
    );
  }
  return (
    <Dialog id="revoke-factor" title={`Revoke “${titleOf(to)}”?`} close={close}>
      {others.length === 0 ? (
        <p data-testid="last-factor">Nothing else opens this vault. Add another way in first.</p>
      ) : (
        <Form
          id="revoke-factor-form"
          submit={compromised ? "Revoke as compromised" : "Revoke"}
          busy="Encrypting every record again…"
          kind="danger"
          act={act}
        >
          <Radios name="how" legend="Who has it?" options={ways} onChange={(value) => setHow(value as typeof how)} />
          <ConsequenceList list={CONSEQUENCES[how]} />
          <p class={text.hint}>Confirm with another one than this:</p>
          <PresentFields kinds={kindsOf(others)} />
        </Form>
      )}
    </Dialog>
  );
}

/** Whether there is a kit beside what confirms: it has to be replaced, as nobody compares identities on the day that it is needed. */
function keepsKit(others: readonly FactorInfo[], { kind }: Factor): boolean {
  const kits = others.filter((other) => other.kind === "recovery-kit");
  return kits.length > (kind === "recovery-kit" ? 1 : 0);
}

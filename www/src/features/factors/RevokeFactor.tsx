import { useState } from "preact/hooks";
import type { CompromisedFactorReport, FactorInfo, PresentedFactor } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Check, Radios } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { useAbort } from "../../ui/use-abort";
import { ConsequenceList } from "../keys/actions/ConsequenceList";
import type { Consequence } from "../keys/actions/consequences";
import { KitSteps } from "./KitSteps";
import { isOnPaper, kindName, kindsOf, titleOf, wayOf } from "./labels";
import { PresentFields, presenting } from "./present";
import { isLastOfKind } from "./requirements";
import styles from "./RevokeFactor.module.css";
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
    {
      kind: "copies",
      text: "Whoever has such a copy, and can write to this browser’s data, can put another vault in this one’s place that looks like yours, and read what you add from then on. If that may be, choose “Somebody else may have it”.",
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
    { kind: "happens", text: "A recovery kit, or recovery shares, are replaced by a new kit in the same step. You see its words first." },
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
  /** What confirmed it, and which others stay, while the words of the next kit are shown. */
  const [confirmed, setConfirmed] = useState<{ factor: PresentedFactor; keep: readonly string[] }>();
  /** What came of it, while the new kit can be printed. */
  const [report, setReport] = useState<CompromisedFactorReport>();
  const ended = useAbort();
  const others = (factors.list ?? []).filter(({ id, known }) => known && id !== to.id);
  const compromised = how === "compromised";
  const stays = (factors.list ?? []).filter(({ id, kind }) => id !== to.id && !isOnPaper(kind));
  const last = whyLast(to, others, factors.both);
  const act = async (values: FormData) => {
    const keep = values.getAll("keep").map(String);
    await presenting(values, async (factor) => {
      if (compromised && keepsKit(others, factor)) {
        await factors.check(factor);
        setConfirmed({ factor, keep });
        return;
      }
      if (compromised) factors.showReport(await factors.revokeCompromised(to, factor, keep, ended));
      else await factors.revoke(to, factor, ended);
      close();
    });
  };
  const end = () => {
    close();
    if (report) factors.showReport(report);
  };
  if (confirmed) {
    return (
      <Dialog id="revoke-factor" title="Another recovery kit" close={end}>
        <KitSteps
          factors={factors}
          enrol={async (kit) => setReport(await factors.revokeCompromised(to, confirmed.factor, confirmed.keep, ended, kit))}
          late
          done={end}
          submit={`Revoke “${titleOf(to)}”, and replace the kit`}
          decline="Cancel"
          onDecline={close}
        />
      </Dialog>
    );
  }
  return (
    <Dialog id="revoke-factor" title={`Revoke “${titleOf(to)}”?`} close={close}>
      {last ? (
        <p data-testid="last-factor">{last}</p>
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
          {compromised && <Keep of={stays} />}
          <p class={text.hint}>Confirm with another one than this; it stays in any case:</p>
          <PresentFields kinds={kindsOf(others)} both={factors.both} />
        </Form>
      )}
    </Dialog>
  );
}

/** Chooses what still opens the vault afterwards: whoever had the other one may have added one of their own. */
function Keep({ of: list }: { of: readonly FactorInfo[] }) {
  if (list.length === 0) return null;
  return (
    <fieldset class={styles.keep} data-testid="keep">
      <legend>Which of these do you know?</legend>
      <p class={text.hint}>
        Whoever had that one may have added one of their own, under any name. What is not ticked is revoked in the same step.
      </p>
      {list.map((one) => (
        <Check
          key={one.id}
          id={`keep-${one.id}`}
          name="keep"
          value={one.id}
          checked
          label={titleOf(one)}
          hint={`${kindName(one.kind)}, added ${one.added === undefined ? "with the vault" : `on ${formatDate(one.added)}`}`}
        />
      ))}
    </fieldset>
  );
}

/** Why it cannot be revoked, in a sentence; `undefined` where it can. */
function whyLast(to: FactorInfo, others: readonly FactorInfo[], both: boolean): string | undefined {
  if (others.length === 0) return "Nothing else opens this vault. Add another way in first.";
  if (!both || !isLastOfKind(to, others)) return undefined;
  const kind = isOnPaper(to.kind) ? "recovery kit, or other recovery shares," : kindName(to.kind);
  return `This vault takes a passphrase and a passkey together, beside what is on paper, and this is the last of its kind. Add another ${kind} first, or require one of them again.`;
}

/** Whether there are a kit or shares beside what confirms: it has to be replaced, as nobody compares identities on the day that it is needed. */
function keepsKit(others: readonly FactorInfo[], factor: PresentedFactor): boolean {
  const papers = others.filter((other) => isOnPaper(other.kind));
  return papers.length > (isOnPaper(wayOf(factor)) ? 1 : 0);
}

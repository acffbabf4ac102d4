import { useEffect, useState } from "preact/hooks";
import { consequencesOf, type Facts } from "../../consequences";
import { considered, isInUse, nameOf, whatOf, type Deed } from "../../deeds";
import { carryOut, factsOf, type Choices } from "../../doing";
import { Problem } from "../../problem";
import { tellError } from "../../state";
import { Dialog } from "../Dialog";
import { Check, Field, Form } from "../Form";
import { Consequences } from "./Consequences";

/** What somebody is about to do with a key: its consequences, then the button. */
export function DeedDialog() {
  const { value: deed } = considered;
  return deed ? <Considering deed={deed} /> : null;
}

function Considering({ deed }: { deed: Deed }) {
  const [facts, setFacts] = useState<Facts>();
  useEffect(() => {
    factsOf(deed).then(setFacts, tellError);
  }, [deed]);
  const { button, title } = nameOf(deed);
  const close = () => (considered.value = undefined);
  return (
    <Dialog id="deed" title={title(whatOf(deed))} close={close}>
      {facts ? (
        <Form
          id="deed-form"
          submit={button}
          busy="Working…"
          kind={nameOf(deed).grave ? "danger" : "main"}
          act={(values) => carryOut(deed, choicesOf(deed, facts, values))}
        >
          <Consequences list={consequencesOf(deed, facts)} />
          <Choosing deed={deed} files={facts.files} />
        </Form>
      ) : (
        <p class="hint">Looking at what depends on it…</p>
      )}
    </Dialog>
  );
}

/** What there is to choose, and what to type where a slip would cost everything. */
function Choosing({ deed: { verb, key, version }, files }: { deed: Deed; files: number }) {
  if (verb === "rotate") {
    const hint = "Then nothing changes until you activate it.";
    return <Check id="deed-waits" name="waits" label="Let the new version wait" hint={hint} />;
  }
  if (verb === "revoke") {
    const inUse = !version || isInUse(version);
    const primary = !version || version.id === key.primary;
    return (
      <>
        <Field id="deed-reason" name="reason" label="Reason" hint="Kept with the version." maxLength={120} autocomplete="off" optional />
        {inUse && (
          <Check id="deed-compromised" name="compromised" label="Somebody else may have it" hint="Marks it as compromised, for good." />
        )}
        {inUse && primary && (
          <Check id="deed-replace" name="replace" label="Make a new version at once" hint="So that the key can go on." checked />
        )}
      </>
    );
  }
  if (verb === "scheduleDestroy") {
    return (
      <>
        <Field id="deed-days" name="days" label="Days from now, 1 to 365" value="30" range={[1, 365]} autocomplete="off" />
        {files > 0 && <Check id="deed-force" name="force" label="Destroy it on that day although files need it" />}
      </>
    );
  }
  if (verb === "destroy") {
    return (
      <Field id="deed-name" name="name" label={`Type the key's name, ${key.alias}, to destroy it`} autocomplete="off" />
    );
  }
  return null;
}

function choicesOf({ verb, key, version }: Deed, { files }: Facts, values: FormData): Choices {
  const inUse = !version || isInUse(version);
  if (verb === "destroy" && values.get("name") !== key.alias) {
    throw new Problem(`That is not the key's name. It is destroyed only when you type “${key.alias}”.`, "name");
  }
  return {
    reason: String(values.get("reason") ?? "").trim(),
    compromised: verb === "revoke" && (!inUse || values.has("compromised")),
    replace: values.has("replace"),
    waits: values.has("waits"),
    days: Number(values.get("days") ?? 30),
    // Whoever destroys at once has read that files go with it; where none did then, none may now.
    force: verb === "destroy" ? files > 0 : values.has("force"),
  };
}

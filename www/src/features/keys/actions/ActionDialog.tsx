import { notifyError } from "../../../app/notice";
import { Dialog } from "../../../ui/Dialog";
import { Check, Field } from "../../../ui/fields";
import { Form } from "../../../ui/Form";
import { Problem } from "../../../ui/problem";
import text from "../../../ui/text.module.css";
import { useResult } from "../../../ui/use-result";
import type { FilesModel } from "../../files/model";
import { Protected } from "../dependents/Protected";
import type { KeysModel } from "../model";
import { isInUse } from "../versions";
import { ConsequenceList } from "./ConsequenceList";
import { consequencesOf } from "./consequences";
import { labelOf, targetOf, type ActionName, type KeyAction } from "./key-actions";
import type { ActionChoices, ActionFacts, KeyActions } from "./model";

const DESTROYS: ReadonlySet<ActionName> = new Set<ActionName>(["scheduleDestroy", "destroy"]);

/** What an action would do, and the button that does it. */
export function ActionDialog({ keys: { actions, files } }: { keys: KeysModel }) {
  const action = actions.considered;
  return action ? <Considered actions={actions} action={action} files={files} /> : null;
}

function Considered({ actions, action, files }: { actions: KeyActions; action: KeyAction; files: FilesModel }) {
  const facts = useResult(() => actions.factsOf(action), notifyError, [action]);
  const { button, title, dangerous } = labelOf(action);
  return (
    <Dialog id="action" title={title(targetOf(action))} close={() => actions.cancel()}>
      {facts ? (
        <Form
          id="action-form"
          submit={button}
          busy="Working…"
          kind={dangerous ? "danger" : "main"}
          act={(values) => actions.carryOut(action, choicesOf(action, facts, values))}
        >
          <ConsequenceList list={consequencesOf(action, facts)} />
          {DESTROYS.has(action.name) && <Lost action={action} facts={facts} files={files} />}
          <Choices action={action} files={facts.files} />
        </Form>
      ) : (
        <p class={text.hint}>Checking what depends on it…</p>
      )}
    </Dialog>
  );
}

/** What is erased with the key: what it protects, and whether somebody still uses it. */
function Lost({ action: { version }, facts: { key, protects }, files }: { action: KeyAction; facts: ActionFacts; files: FilesModel }) {
  return (
    <section aria-labelledby="lost-title">
      <h3 id="lost-title">What {version ? "this version" : "this key"} protects</h3>
      <Protected files={files} of={key} version={key.versions.find(({ id }) => id === version?.id)} protects={protects} />
    </section>
  );
}

/** The choices, and what to type where a slip would cost everything. */
function Choices({ action, files }: { action: KeyAction; files: number }) {
  switch (action.name) {
    case "rotate":
      return (
        <Check
          id="action-inactive"
          name="inactive"
          label="Create the version inactive"
          hint="Nothing changes until you activate it."
        />
      );
    case "revoke":
      return <RevokeChoices action={action} />;
    case "scheduleDestroy":
      return (
        <>
          <Field
            id="action-days"
            name="days"
            label="Days from now, 1 to 365"
            value="30"
            range={[1, 365]}
            autocomplete="off"
          />
          {files > 0 && (
            <Check id="action-force" name="force" label="Destroy it on that day even if files still need it" />
          )}
          <Reason />
        </>
      );
    case "destroy":
      return (
        <>
          <Field
            id="action-name"
            name="name"
            label={`Type the key's name, ${action.key.alias}, to destroy it`}
            autocomplete="off"
          />
          <Reason />
        </>
      );
    default:
      return null;
  }
}

function Reason() {
  return (
    <Field id="action-reason" name="reason" label="Reason" hint="Stored with the version." maxLength={120} autocomplete="off" optional />
  );
}

function RevokeChoices({ action: { key, version } }: { action: KeyAction }) {
  const inUse = !version || isInUse(version);
  const primary = !version || version.id === key.primary;
  return (
    <>
      <Reason />
      {inUse && (
        <Check
          id="action-compromised"
          name="compromised"
          label="This key may be compromised"
          hint="Marks the version as compromised. This cannot be undone."
        />
      )}
      {inUse && primary && (
        <Check
          id="action-replace"
          name="replace"
          label="Create a new version at once"
          hint="The key then stays usable."
          checked
        />
      )}
    </>
  );
}

function choicesOf({ name, key, version }: KeyAction, { files }: ActionFacts, values: FormData): ActionChoices {
  const inUse = !version || isInUse(version);
  if (name === "destroy" && values.get("name") !== key.alias) {
    throw new Problem(`This is not the key's name. Type “${key.alias}” to destroy it.`, "name");
  }
  return {
    reason: String(values.get("reason") ?? "").trim(),
    compromised: name === "revoke" && (!inUse || values.has("compromised")),
    replace: values.has("replace"),
    inactive: values.has("inactive"),
    days: Number(values.get("days") ?? 30),
    // The dialog has named the files that are lost. Without any then, there may be none now.
    force: name === "destroy" ? files > 0 : values.has("force"),
  };
}

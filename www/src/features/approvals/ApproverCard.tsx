import { useState } from "preact/hooks";
import { copyText } from "../../app/copy";
import { Button, ButtonGroup } from "../../ui/Button";
import { Choice } from "../../ui/fields";
import text from "../../ui/text.module.css";
import { ApproveRequest } from "./ApproveRequest";
import styles from "./ApprovalsView.module.css";
import type { ApprovalsModel, ApproverKey } from "./model";

/** What the owner of this vault approves of others, and by which key. */
export function ApproverCard({ approvals }: { approvals: ApprovalsModel }) {
  const [approving, setApproving] = useState(false);
  const { keys } = approvals;
  return (
    <section class={styles.card} aria-labelledby="approver-title">
      <h3 id="approver-title">What others ask of you</h3>
      <p class={text.lead}>
        Somebody sends you the text of a request. Read what it asks, and sign it with a key of this vault. Their vault knows the key by its
        thumbprint.
      </p>
      <p>
        <Button id="approve-request" kind="accent" act={() => setApproving(true)}>
          Approve a request
        </Button>
      </p>
      {keys && (keys.length > 0 ? <Thumbprint approvals={approvals} keys={keys} /> : <NoKey approvals={approvals} />)}
      {approving && <ApproveRequest approvals={approvals} close={() => setApproving(false)} />}
    </section>
  );
}

function NoKey({ approvals }: { approvals: ApprovalsModel }) {
  return (
    <div class={styles.thumbprint}>
      <p class={text.hint}>This vault has no key that signs yet. One that is made here asks for something that opens the vault before it signs.</p>
      <p>
        <MakeKey approvals={approvals} />
      </p>
    </div>
  );
}

function MakeKey({ approvals }: { approvals: ApprovalsModel }) {
  return (
    <Button id="make-approver" act={() => approvals.makeKey()}>
      Create a key for approvals
    </Button>
  );
}

function Thumbprint({ approvals, keys }: { approvals: ApprovalsModel; keys: readonly ApproverKey[] }) {
  const [chosen, setChosen] = useState("");
  const key = keys.find(({ id }) => id === chosen) ?? keys[0];
  if (!key) return null;
  return (
    <div class={styles.thumbprint}>
      {keys.length > 1 && (
        <Choice id="approver-key" name="key" label="Your key" value={key.id} options={keys.map(({ id, alias }) => [id, alias] as const)} onChange={setChosen} />
      )}
      <h4>
        Thumbprint of “<bdi>{key.alias}</bdi>”
      </h4>
      <code data-testid="approver">{key.thumbprint}</code>
      <p class={text.hint}>Tell this to whoever sets the policy. It is no secret. After a rotation of the key it is another one.</p>
      <ButtonGroup>
        <Button id="copy-approver" act={() => copyText(key.thumbprint, "The thumbprint is copied.")}>
          Copy the thumbprint
        </Button>
        {!approvals.hasOwnKey && <MakeKey approvals={approvals} />}
      </ButtonGroup>
    </div>
  );
}

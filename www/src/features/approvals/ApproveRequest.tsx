import { useState } from "preact/hooks";
import type { ApprovalRequest } from "strongroom";
import { Button, ButtonGroup } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Choice, LongField } from "../../ui/fields";
import { focusFirst } from "../../ui/focus";
import { Form } from "../../ui/Form";
import text from "../../ui/text.module.css";
import { Warning } from "../../ui/Warning";
import styles from "./ApprovalsView.module.css";
import type { ApprovalsModel } from "./model";
import { PasteField } from "./PasteField";
import { RequestFacts } from "./RequestFacts";
import { ShareText } from "./ShareText";

interface Props {
  approvals: ApprovalsModel;
  close: () => void;
}

/** Reads what somebody else asks, and signs it. */
export function ApproveRequest({ approvals, close }: Props) {
  const [request, setRequest] = useState<ApprovalRequest>();
  const [approval, setApproval] = useState<string>();
  const read = async (values: FormData) => setRequest(await approvals.read(String(values.get("request")).trim()));
  return (
    <Dialog id="approve" title={approval ? "The approval" : "Approve a request"} close={close}>
      {approval ? (
        <Signed approval={approval} close={close} />
      ) : request ? (
        <Read approvals={approvals} request={request} done={setApproval} back={() => setRequest(undefined)} />
      ) : (
        <div ref={focusFirst}>
          <Form id="read-request" submit="Show what it asks" busy="Reading…" act={read}>
            <PasteField id="request-text" name="request" label="The request that was sent to you" />
          </Form>
        </div>
      )}
    </Dialog>
  );
}

interface ReadProps {
  approvals: ApprovalsModel;
  request: ApprovalRequest;
  done: (approval: string) => void;
  back: () => void;
}

function Read({ approvals, request, done, back }: ReadProps) {
  const { keys = [] } = approvals;
  const [first] = keys;
  const act = async (values: FormData) => done(await approvals.approve(request, String(values.get("key"))));
  return (
    <div ref={focusSelf} tabIndex={-1} class={styles.read}>
      <RequestFacts of={request} foreign />
      <Warning testid="request-unproven">
        <p>Nothing proves who has sent this. Ask them by another way whether they mean exactly this.</p>
      </Warning>
      {first ? (
        <Form id="approve-form" submit="Approve this" busy="Signing…" act={act}>
          <Choice id="approve-key" name="key" label="Sign with the key" options={keys.map(({ id, alias }) => [id, alias] as const)} />
        </Form>
      ) : (
        <p class={text.lead}>This vault has no key that signs approvals.</p>
      )}
      <p class={styles.other}>
        {!approvals.hasOwnKey && (
          <Button id="approve-make-key" kind={first ? "quiet" : "main"} act={() => approvals.makeKey()}>
            Create a key for approvals
          </Button>
        )}
        <Button id="another-request" act={back}>
          Read another one
        </Button>
      </p>
    </div>
  );
}

/** What is asked is read before anything is chosen. */
const focusSelf = (element: HTMLElement | null): void => element?.focus();

function Signed({ approval, close }: { approval: string; close: () => void }) {
  return (
    <div ref={focusFirst}>
      <p class={text.lead}>Send this back to whoever asked. It is no secret, and holds for that request alone, once.</p>
      <LongField id="approval-text" name="approval" label="Signed approval" value={approval} rows={7} readonly />
      <ButtonGroup>
        <ShareText id="approval" noun="approval" text={approval} file="approval.txt" kind="main" />
        <Button id="approve-done" act={close}>
          Done
        </Button>
      </ButtonGroup>
    </div>
  );
}

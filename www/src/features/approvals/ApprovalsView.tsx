import { useEffect, useState } from "preact/hooks";
import type { ApprovalRequest } from "strongroom";
import type { Session } from "../../app/session";
import { Button, ButtonGroup } from "../../ui/Button";
import text from "../../ui/text.module.css";
import { useResult } from "../../ui/use-result";
import { KeyNames } from "../activity/key-names";
import { ApproverCard } from "./ApproverCard";
import styles from "./ApprovalsView.module.css";
import { CarryOut } from "./CarryOut";
import { RequestFacts } from "./RequestFacts";
import { ShareText } from "./ShareText";

/** How often the list is read again, in ms: another tab may have asked. */
const REFRESH = 10_000;

/** Dual control: what somebody else has to approve here, and what others ask. */
export function ApprovalsView({ session }: { session: Session }) {
  const { approvals, vault } = session;
  const { open } = approvals;
  const [doing, setDoing] = useState<ApprovalRequest>();
  useEffect(() => {
    void approvals.refresh();
    void approvals.readKeys();
    const timer = setInterval(() => void approvals.refresh(), REFRESH);
    return () => clearInterval(timer);
  }, [approvals]);
  const readNames = async () => {
    const known = new KeyNames(vault);
    await known.read();
    return known;
  };
  const names = useResult(readNames, () => {}, [vault, open?.length]);
  const version = (id: string) => `version ${names?.number(id) ?? 1}`;
  return (
    <>
      <h2 id="console-title" tabIndex={-1} class={styles.title}>
        Approvals
      </h2>
      <section aria-labelledby="requests-title">
        <h3 id="requests-title">What you have asked for</h3>
        <p class={text.lead}>
          Where a policy says so, this vault does something only once somebody else has signed exactly that. Send them the text of the request; what
          they send back lets you do it, once.
        </p>
        {open?.length === 0 && (
          <p class={styles.none} data-testid="no-requests">
            Nothing is waiting for an approval. A request begins where a policy refuses something: on a key’s page, for example.
          </p>
        )}
        {open && open.length > 0 && (
          <ul class={styles.requests}>
            {open.map((request) => (
              <li key={request.id} data-testid="approval-request" data-operation={request.operation}>
                <RequestFacts of={request} version={version} />
                <ButtonGroup>
                  <Button testid="carry-out-request" kind="accent" act={() => setDoing(request)}>
                    I have the approval
                  </Button>
                  <ShareText id="request" noun="request" text={request.text} file={`request-${request.id}.txt`} />
                  <Button testid="cancel-request" kind="danger" act={() => approvals.cancel(request)}>
                    Take it back
                  </Button>
                </ButtonGroup>
                <details>
                  <summary>The text of the request</summary>
                  <pre class={styles.exactly} data-testid="request-source">
                    {request.text}
                  </pre>
                </details>
              </li>
            ))}
          </ul>
        )}
      </section>
      <ApproverCard approvals={approvals} />
      {doing && <CarryOut session={session} request={doing} version={version} close={() => setDoing(undefined)} />}
    </>
  );
}

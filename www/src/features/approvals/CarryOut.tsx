import { useState } from "preact/hooks";
import type { ApprovalRequest } from "strongroom";
import { notify } from "../../app/notice";
import { addressOf, goTo } from "../../app/route";
import type { Session } from "../../app/session";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { Problem } from "../../ui/problem";
import { kindsOf } from "../factors/labels";
import { PresentFields, presenting } from "../factors/present";
import { PasteField } from "./PasteField";
import { RequestFacts } from "./RequestFacts";

interface Props {
  session: Session;
  request: ApprovalRequest;
  version: (id: string) => string;
  close: () => void;
}

const SUBMITS: Record<ApprovalRequest["operation"], string> = {
  destroy: "Destroy now",
  scheduleDestroy: "Schedule destruction",
  export: "Export",
  setPolicy: "Set this policy",
  setVaultPolicy: "Set this policy",
};

/** Takes the approval of a request, and does what it is of. */
export function CarryOut({ session, request, version, close }: Props) {
  const { approvals, keys, factors, policy, vault } = session;
  const { operation, key } = request;
  const destroys = operation === "destroy" || operation === "scheduleDestroy";
  const exports = operation === "export";
  const act = async (values: FormData) => {
    const signed = String(values.get("approval")).split(/\s+/).filter(Boolean);
    if (signed.length === 0) throw new Problem("Paste the approval first.", "approval");
    const carryOut = (factor?: Parameters<typeof approvals.carryOut>[2]) => approvals.carryOut(request, signed, factor);
    const report = exports ? await presenting(values, carryOut) : await carryOut();
    close();
    goTo(key === undefined ? addressOf.keys : addressOf.key(key));
    if (report) {
      const of = report.key;
      await keys.actions.reportDestroyed({ name: operation as "destroy", key: of, version: of.versions.find(({ id }) => id === request.arguments.version) }, report);
    } else {
      notify(exports ? "The key is exported. Whoever has the file has the key." : "The policy is set.");
      await Promise.all([keys.refresh(), policy.refresh()]);
    }
  };
  // Which of them has signed is for the vault to say.
  const [kinds] = useState(() => kindsOf(factors.list ?? []));
  return (
    <Dialog id="carry-out" title={`Do what was requested in “${vault.name}”`} close={close}>
      <RequestFacts of={request} version={version} />
      <Form id="carry-out-form" submit={SUBMITS[operation]} busy="Working…" kind={destroys || exports ? "danger" : "main"} act={act}>
        <PasteField id="carry-out-approval" name="approval" label="The approval" hint="Of several people, one after the other." several />
        {exports && <PresentFields id="carry-out" kinds={kinds} both={factors.both} />}
      </Form>
    </Dialog>
  );
}

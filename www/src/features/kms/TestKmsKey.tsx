import { WrongFactorError, type KmsAdapter } from "strongroom";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/fields";
import { Form } from "../../ui/Form";
import { Problem } from "../../ui/problem";
import text from "../../ui/text.module.css";
import { titleOf } from "../factors/labels";
import type { TaskProps } from "../factors/task-props";

/** Asks AWS KMS whether a key still does what the vault has it for. What is typed is kept nowhere. */
export function TestKmsKey({ factors, to, close }: TaskProps) {
  const act = async (values: FormData) => {
    const kms = await adapterOf(values);
    const test = to.kind === "escrow" ? factors.openByKms(to, kms) : factors.askGate(to, kms);
    await test.catch((error: unknown) => {
      throw error instanceof WrongFactorError ? new Problem("The key of this name is another one than the vault’s. Compare their thumbprints.", "arn") : error;
    });
    close();
  };
  // Browsers offer saved passwords to fields of secrets whatever else they are told, but not to new ones.
  return (
    <Dialog id="test-kms" title={`Test “${titleOf(to)}”`} close={close}>
      <p class={text.lead}>
        {to.kind === "escrow"
          ? "The service decrypts what the vault has for it, once, and its log shows that. The vault stays as it is, and notes the date."
          : "The service says whether it would decrypt, and which key it has. It decrypts nothing."}
      </p>
      <Form id="test-kms-form" submit="Ask the service" busy="Asking the service…" act={act}>
        {/* Never filled in from the vault: its region and account say where the credentials go, and whoever gave the key chose its name. */}
        <Field
          id="test-kms-arn"
          name="arn"
          label="The key’s ARN"
          autocomplete="off"
          hint={`As AWS or your organisation says it: the test is sent to its region and names its account. The vault has “${to.key?.kid ?? ""}”, which came with the key when it was added.`}
        />
        <Field id="test-kms-id" name="accessKeyId" label="Access key ID" autocomplete="off" />
        <Field id="test-kms-secret" name="secretAccessKey" label="Secret access key" secret autocomplete="new-password" />
        <Field
          id="test-kms-token"
          name="sessionToken"
          label="Session token"
          secret
          autocomplete="new-password"
          hint="Use temporary credentials. They sign this test, and this page stores them nowhere. Decline if the browser offers to save them."
        />
        <Field
          id="test-kms-endpoint"
          name="endpoint"
          label="Address"
          autocomplete="off"
          hint="Left empty, it is AWS’s own for the key’s region. This page’s server has to admit it, by --kms-endpoint."
          optional
        />
      </Form>
    </Dialog>
  );
}

/** Loaded where it is needed: nobody else downloads it. */
async function adapterOf(values: FormData): Promise<KmsAdapter & { test: () => Promise<void> }> {
  const { awsKms } = await import("strongroom/kms");
  const typed = (name: string) => String(values.get(name)).trim();
  const credentials = { accessKeyId: typed("accessKeyId"), secretAccessKey: typed("secretAccessKey"), sessionToken: typed("sessionToken") };
  return awsKms({ key: typed("arn"), endpoint: typed("endpoint") || undefined, credentials: () => credentials, retries: 1 });
}

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
  return (
    <Dialog id="test-kms" title={`Test “${titleOf(to)}”`} close={close}>
      <p class={text.lead}>
        {to.kind === "escrow"
          ? "The service decrypts what the vault has for it, once, and its log shows that. The vault stays as it is, and notes the date."
          : "The service says whether it would decrypt, and which key it has. It decrypts nothing."}
      </p>
      <Form id="test-kms-form" submit="Ask the service" busy="Asking the service…" act={act}>
        <Field id="test-kms-arn" name="arn" label="The key’s ARN" autocomplete="off" value={to.key?.kid ?? ""} />
        <Field id="test-kms-id" name="accessKeyId" label="Access key ID" autocomplete="off" />
        <Field id="test-kms-secret" name="secretAccessKey" label="Secret access key" secret autocomplete="off" />
        <Field
          id="test-kms-token"
          name="sessionToken"
          label="Session token"
          secret
          autocomplete="off"
          hint="Use temporary credentials. They sign this test and are stored nowhere."
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

/** Encrypting: shared by vaults and by callers who keep their own keys. */
import { isBlob } from "../../shared/kinds.js";
import type { DecryptRequest, EncryptRequest } from "../../shared/protocol/body-calls.js";
import type { Connection } from "../runtime/connection.js";
import { ResumableBody } from "../uploads/resumable-body.js";
import { BodyReader } from "./body-reader.js";
import { contextText } from "./context-text.js";
import { EncryptedObject, type ObjectActions, type ObjectVault } from "./encrypted-object.js";
import { fileMetadata } from "./own-metadata.js";
import { sourceOf, sourceOfCiphertext, type CiphertextInput, type Input } from "./input.js";
import type { SidecarOptions, EncryptOptions } from "./object-options.js";
import { sidecarOf } from "./sidecar-of.js";

/** What is said of an object before its input is known. */
type EncryptTerms = Omit<EncryptRequest, "metadata" | "size">;

/** @internal */
export async function encryptTo(
  to: EncryptRequest["to"],
  input: Input,
  options: EncryptOptions,
  connection: Connection,
  vault?: ObjectVault,
): Promise<EncryptedObject> {
  return encryptOn(termsOf(to, options), input, options, connection, vault);
}

async function encryptOn(
  terms: EncryptTerms,
  input: Input,
  options: SidecarOptions,
  connection: Connection,
  vault: ObjectVault | undefined,
): Promise<EncryptedObject> {
  const source = sourceOf(input);
  const metadata = fileMetadata(source.metadata, options.metadata);
  const request = { ...terms, metadata, size: source.size };
  const reader = new BodyReader(connection, source, options);
  const made = await reader.begin((number) =>
    connection.peer.call("encrypt", number, source.wire(number), request),
  );
  const { to, detached, context, sidecar } = terms;
  const reason = "key" in to ? to.reason : undefined;
  const about = { name: metadata.name, attached: !detached, kept: "key" in to && to.keepHeader };
  const resumableBody =
    vault && isBlob(input)
      ? new ResumableBody(connection, vault.id, input, { context, sidecar, reason }, options, about)
      : undefined;
  return new EncryptedObject(reader, made, { ...actionsOf(terms, connection, vault), resumableBody });
}

/** Decrypts and encrypts without coming by here. Counts the bytes of plaintext. @internal */
export async function reencryptTo(
  old: DecryptRequest,
  to: EncryptRequest["to"],
  input: CiphertextInput,
  options: EncryptOptions,
  connection: Connection,
  vault: ObjectVault | undefined,
): Promise<EncryptedObject> {
  const metadata = fileMetadata({}, options.metadata);
  const terms = termsOf(to, options);
  const source = sourceOfCiphertext(input);
  const reader = new BodyReader(connection, source, options);
  const made = await reader.begin((number) =>
    connection.peer.call("reencrypt", number, source.wire(number), old, { ...terms, metadata }),
  );
  source.total = made.total;
  return new EncryptedObject(reader, made, actionsOf(terms, connection, vault));
}

function termsOf(
  to: EncryptRequest["to"],
  { context, sidecar, detached = false }: EncryptOptions,
): EncryptTerms {
  const kept = "key" in to && to.keepHeader;
  return { to, context: contextText(context), sidecar: sidecarOf(sidecar), detached: detached || kept };
}

/** A sidecar is made on its parent's terms, as they were when that was made. */
function actionsOf(terms: EncryptTerms, connection: Connection, vault: ObjectVault | undefined): ObjectActions {
  const track = vault?.track;
  if (terms.sidecar !== undefined) return { track };
  return {
    track,
    addSidecar: (sidecar, input, options) =>
      encryptOn({ ...terms, sidecar: sidecarOf(sidecar) }, input, options, connection, vault),
  };
}

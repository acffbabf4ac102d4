/** Encrypting: shared by vaults and by callers who keep their own keys. */
import { ArgumentError } from "../../shared/errors/index.js";
import { isBlob, isStream } from "../../shared/kinds.js";
import type { DecryptRequest, EncryptRequest } from "../../shared/protocol/body-calls.js";
import type { Connection } from "../runtime/connection.js";
import { ResumableBody } from "../uploads/resumable-body.js";
import { BodyReader } from "./body-reader.js";
import { contextText } from "./context-text.js";
import { EncryptedObject, type ObjectActions, type ObjectVault } from "./encrypted-object.js";
import { fileMetadata } from "./own-metadata.js";
import { sourceOf, sourceOfCiphertext, sourceOfTwice, type CiphertextInput, type Input, type Source } from "./input.js";
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
  const twice = isReadTwice(terms);
  const source = twice ? sourceTwice(input) : sourceOf(input);
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
    vault && isBlob(input) && !isForOthers(to)
      ? new ResumableBody(connection, vault.id, input, { context, sidecar, reason }, options, about)
      : undefined;
  return new EncryptedObject(reader, made, { ...actionsOf(terms, connection, vault), resumableBody, shared: isForOthers(to) });
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
  if (isReadTwice(terms)) throw new ArgumentError(READ_ONCE);
  const source = sourceOfCiphertext(input);
  const reader = new BodyReader(connection, source, options);
  const made = await reader.begin((number) =>
    connection.peer.call("reencrypt", number, source.wire(number), old, { ...terms, metadata }),
  );
  source.total = made.total;
  return new EncryptedObject(reader, made, { ...actionsOf(terms, connection, vault), shared: isForOthers(to) });
}

function isForOthers(to: EncryptRequest["to"]): boolean {
  return "key" in to && to.others !== undefined;
}

/** Whether a signature stands before the body that covers it: the input is read through before. */
function isReadTwice({ to, detached }: EncryptTerms): boolean {
  return !detached && "key" in to && to.sign === "content";
}

/** What can be read again, as it is now. */
function sourceTwice(input: Input): Source {
  if (isStream(input)) throw new ArgumentError(READ_ONCE);
  return sourceOfTwice(input);
}

const READ_ONCE =
  'this input can be read once, and the signature stands before the body: encrypt { detached: true }, or { sign: "header" }';

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

/** Encrypting and decrypting contents: shared by vaults and by callers who keep their own keys. */
import type { Connection } from "./connection.js";
import { contextText, wellFormed, type Context } from "./context.js";
import { headerBytes } from "./headers.js";
import { fileMetadata, sourceOf, sourceOfCiphertext, type FileMetadata, type Input } from "./inputs.js";
import { EncryptedObject, PlainObject, type Beside, type Home } from "./objects.js";
import { Passes } from "./passes.js";
import type { DecryptRequest, EncryptRequest } from "./protocol.js";
import { Pump, type Watch } from "./pump.js";
import { sidecarText, type Sidecar } from "./sidecars.js";

export interface AttachOptions extends Watch {
  /** Overrides what the input says of itself; a member set to `undefined` is left out. */
  metadata?: Omit<FileMetadata, "size"> | undefined;
}

export interface EncryptOptions extends AttachOptions {
  /** Bound to the object; the same must be given to decrypt. */
  context?: Context | undefined;
  /** Makes it a sidecar of an object that is there already. Of one that is made here, `attach` does that. */
  sidecar?: Sidecar | undefined;
  /** Leaves the header out of the body, to be stored on its own (`object.header`). */
  detached?: boolean | undefined;
}

export interface DecryptOptions extends Watch {
  context?: Context | undefined;
  /** Which sidecar it must be; without that, no sidecar opens. */
  sidecar?: Sidecar | undefined;
  /** The header of a detached body; overrides an embedded one. */
  header?: Uint8Array | string | undefined;
  /** The id that the object must have. */
  expect?: string | undefined;
}

/** What is said of an object before its input is known. */
type Terms = Omit<EncryptRequest, "metadata" | "size">;

/** @internal */
export async function encryptTo(
  to: EncryptRequest["to"],
  input: Input,
  options: EncryptOptions,
  connection: Connection,
  vault?: Home,
): Promise<EncryptedObject> {
  return encryptOn(termsOf(to, options), input, options, connection, vault);
}

async function encryptOn(
  terms: Terms,
  input: Input,
  options: AttachOptions,
  connection: Connection,
  vault: Home | undefined,
): Promise<EncryptedObject> {
  const source = sourceOf(input);
  const metadata = fileMetadata(source.metadata, options.metadata);
  const request = { ...terms, metadata, size: source.size };
  const pump = new Pump(connection, source, options);
  const made = await pump.begin((number) =>
    connection.peer.call("encrypt", number, source.wire(number), request),
  );
  const { to, detached, context, sidecar } = terms;
  const about = { name: metadata.name, attached: !detached, kept: "key" in to && to.keepHeader };
  const passes =
    vault && input instanceof Blob
      ? new Passes(connection, vault.id, input, { context, sidecar }, options, about)
      : undefined;
  return new EncryptedObject(pump, made, { ...beside(terms, connection, vault), passes });
}

/** @internal */
export async function decryptFrom(
  from: DecryptRequest["from"],
  input: Input | Response,
  options: DecryptOptions,
  connection: Connection,
): Promise<PlainObject> {
  const request = decryptRequest(from, options);
  const source = sourceOfCiphertext(input);
  const pump = new Pump(connection, source, options);
  const opened = await pump.begin((number) =>
    connection.peer.call("decrypt", number, source.wire(number), request),
  );
  return new PlainObject(pump, opened, request.sidecar);
}

/** Decrypts and encrypts without coming by here. Counts the bytes of plaintext. @internal */
export async function reencryptTo(
  old: DecryptRequest,
  to: EncryptRequest["to"],
  input: Input | Response,
  options: EncryptOptions,
  connection: Connection,
  vault: Home,
): Promise<EncryptedObject> {
  const metadata = fileMetadata({}, options.metadata);
  const terms = termsOf(to, options);
  const source = sourceOfCiphertext(input);
  const pump = new Pump(connection, source, options);
  const made = await pump.begin((number) =>
    connection.peer.call("reencrypt", number, source.wire(number), old, { ...terms, metadata }),
  );
  source.total = made.total;
  return new EncryptedObject(pump, made, beside(terms, connection, vault));
}

/** @internal */
export function decryptRequest(
  from: DecryptRequest["from"],
  { context, sidecar, header, expect }: Omit<DecryptOptions, keyof Watch>,
): DecryptRequest {
  return {
    from,
    context: contextText(context),
    sidecar: sidecarText(sidecar),
    header: header === undefined ? header : headerBytes(header),
    expect: expect === undefined ? expect : wellFormed(expect, "expect"),
  };
}

function termsOf(
  to: EncryptRequest["to"],
  { context, sidecar, detached = false }: EncryptOptions,
): Terms {
  const kept = "key" in to && to.keepHeader;
  return { to, context: contextText(context), sidecar: sidecarText(sidecar), detached: detached || kept };
}

/** A sidecar is made on its parent's terms, as they were when that was made. */
function beside(terms: Terms, connection: Connection, vault: Home | undefined): Beside {
  const track = vault?.track;
  if (terms.sidecar !== undefined) return { track };
  return {
    track,
    attach: (sidecar, input, options) =>
      encryptOn({ ...terms, sidecar: sidecarText(sidecar) }, input, options, connection, vault),
  };
}

/** Encrypting and decrypting contents: shared by vaults and by callers who keep their own keys. */
import type { Connection } from "./connection.js";
import { contextText, wellFormed, type Context } from "./context.js";
import { headerBytes } from "./headers.js";
import { fileMetadata, sourceOf, sourceOfCiphertext, type FileMetadata, type Input } from "./inputs.js";
import { EncryptedObject, PlainObject, Pump, type Track, type Watch } from "./objects.js";
import { Passes } from "./passes.js";
import type { DecryptRequest, EncryptRequest } from "./protocol.js";

export interface EncryptOptions extends Watch {
  /** Bound to the object; the same must be given to decrypt. */
  context?: Context | undefined;
  /** Overrides what the input says of itself; a member set to `undefined` is left out. */
  metadata?: Omit<FileMetadata, "size"> | undefined;
  /** Leaves the header out of the body, to be stored on its own (`object.header`). */
  detached?: boolean | undefined;
}

export interface DecryptOptions extends Watch {
  context?: Context | undefined;
  /** The header of a detached body; overrides an embedded one. */
  header?: Uint8Array | string | undefined;
  /** The id that the object must have. */
  expect?: string | undefined;
}

/** @internal */
export async function encryptTo(
  to: EncryptRequest["to"],
  input: Input,
  options: EncryptOptions,
  connection: Connection,
  vault?: { id: string; track: Track },
): Promise<EncryptedObject> {
  const base = encryptRequest(to, options);
  const source = sourceOf(input);
  const metadata = fileMetadata(source.metadata, options.metadata);
  const request = { ...base, metadata, size: source.size };
  const pump = new Pump(connection, source, options);
  const made = await pump.begin((number) =>
    connection.peer.call("encrypt", number, source.wire(number), request),
  );
  if (!vault) return new EncryptedObject(pump, made);
  const { name } = metadata;
  const about = { name, attached: !base.detached, kept: "key" in to && to.keepHeader };
  const passes =
    input instanceof Blob
      ? new Passes(connection, vault.id, input, base.context, options, about)
      : undefined;
  return new EncryptedObject(pump, made, { track: vault.track, passes });
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
  return new PlainObject(pump, opened);
}

/** Decrypts and encrypts without coming by here. Counts the bytes of plaintext. @internal */
export async function reencryptTo(
  old: DecryptRequest,
  to: EncryptRequest["to"],
  input: Input | Response,
  options: EncryptOptions,
  connection: Connection,
  track: Track,
): Promise<EncryptedObject> {
  const metadata = fileMetadata({}, options.metadata);
  const request = { ...encryptRequest(to, options), metadata };
  const source = sourceOfCiphertext(input);
  const pump = new Pump(connection, source, options);
  const made = await pump.begin((number) =>
    connection.peer.call("reencrypt", number, source.wire(number), old, request),
  );
  source.total = made.total;
  return new EncryptedObject(pump, made, { track });
}

/** @internal */
export function decryptRequest(
  from: DecryptRequest["from"],
  { context, header, expect }: Omit<DecryptOptions, keyof Watch>,
): DecryptRequest {
  return {
    from,
    context: contextText(context),
    header: header === undefined ? header : headerBytes(header),
    expect: expect === undefined ? expect : wellFormed(expect, "expect"),
  };
}

function encryptRequest(
  to: EncryptRequest["to"],
  { context, detached = false }: EncryptOptions,
): Pick<EncryptRequest, "to" | "context" | "detached"> {
  const kept = "key" in to && to.keepHeader;
  return { to, context: contextText(context), detached: detached || kept };
}

/** Encrypting and decrypting contents: shared by vaults and by callers who keep their own keys. */
import type { Connection } from "./connection.js";
import { contextText, wellFormed, type Context } from "./context.js";
import { ArgumentError } from "./errors.js";
import { metadataText, sourceOf, sourceOfCiphertext, type FileMetadata, type Input } from "./inputs.js";
import { EncryptedObject, PlainObject, Pump, type Watch } from "./objects.js";
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
): Promise<EncryptedObject> {
  const context = contextText(options.context);
  const source = sourceOf(input);
  const request: EncryptRequest = {
    to,
    context,
    file: metadataText(source, options.metadata),
    size: source.size,
    detached: options.detached ?? false,
  };
  const pump = new Pump(connection, source, options);
  const made = await pump.begin((number) =>
    connection.peer.call("encrypt", number, source.wire(number), request),
  );
  return new EncryptedObject(pump, made);
}

/** @internal */
export async function decryptFrom(
  from: DecryptRequest["from"],
  input: Input | Response,
  options: DecryptOptions,
  connection: Connection,
): Promise<PlainObject> {
  const request: DecryptRequest = {
    from,
    context: contextText(options.context),
    header: headerBytes(options.header),
    expect: options.expect === undefined ? undefined : wellFormed(options.expect, "expect"),
  };
  const source = sourceOfCiphertext(input);
  const pump = new Pump(connection, source, options);
  const opened = await pump.begin((number) =>
    connection.peer.call("decrypt", number, source.wire(number), request),
  );
  return new PlainObject(pump, opened);
}

function headerBytes(header: Uint8Array | string | undefined): Uint8Array | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string") return new TextEncoder().encode(wellFormed(header, "header"));
  if (header instanceof Uint8Array) return new Uint8Array(header);
  throw new ArgumentError("header must be bytes or text");
}

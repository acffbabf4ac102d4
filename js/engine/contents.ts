/** Begins bodies: makes or opens the header, and says what is known before the body is read. */
import type { Bindings, Keyring, WasmBody, WasmFlow, WasmVault } from "../bindings.js";
import { ArgumentError } from "../errors.js";
import type { Decrypted, DecryptRequest, Encrypted, EncryptRequest } from "../protocol.js";
import type { Body } from "./bodies.js";
import { Cipher } from "./cipher.js";
import { Front, type Reader } from "./reader.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** Where sealers and openers come from. */
export interface Makers {
  bindings: Bindings;
  keyring: Keyring;
  /** Throws while the vault is locked. */
  vault(): WasmVault;
  take(flow: WasmFlow): Promise<WasmBody>;
}

export async function beginEncrypt(
  body: Body,
  reader: Reader,
  request: EncryptRequest,
  makers: Makers,
): Promise<Encrypted> {
  const sealer = await makeSealer(request, makers);
  const { id, size: bodySize } = JSON.parse(sealer.about()) as { id: string; size?: number };
  const prefix = sealer.attachedPrefix() as Bytes;
  const header = prefix.slice(PREFIX);
  const before = request.detached ? undefined : prefix;
  const size = bodySize === undefined ? undefined : bodySize + (before?.byteLength ?? 0);
  body.begin(new Cipher(sealer, "encrypt"), reader, { prefix: before, expected: request.size });
  return { id, header, size };
}

async function makeSealer(request: EncryptRequest, makers: Makers): Promise<WasmBody> {
  const { to, context, file } = request;
  if ("key" in to) return makers.take(makers.vault().encrypt(to.key, context, file));
  return makers.keyring.encrypt(to.recipients, context, file);
}

export async function beginDecrypt(
  body: Body,
  reader: Reader,
  inputSize: number | undefined,
  request: DecryptRequest,
  makers: Makers,
): Promise<Decrypted> {
  const front = new Front(reader);
  const embedded = await takeHeader(front, request.header !== undefined, makers.bindings);
  const given = request.header ?? embedded?.header;
  if (!given) throw new ArgumentError("a detached body needs { header }");
  const opener = await makeOpener(given, request, makers);
  const rest = inputSize === undefined ? undefined : inputSize - (embedded?.length ?? 0);
  const size = rest === undefined ? undefined : plaintextSize(rest);
  const about = JSON.parse(opener.about()) as Pick<Decrypted, "id" | "metadata" | "origin">;
  body.begin(new Cipher(opener, "decrypt"), front, { prefix: undefined, expected: rest });
  return { ...about, header: given as Bytes, size };
}

async function makeOpener(
  header: Uint8Array,
  request: DecryptRequest,
  makers: Makers,
): Promise<WasmBody> {
  const { from, context, expect } = request;
  if ("allowUnsigned" in from) {
    return makers.take(makers.vault().decrypt(header, context, expect, from.allowUnsigned));
  }
  return makers.keyring.decrypt(header, from.identities, context, expect);
}

/** Magic and u32 length: what an attached object begins with, before its header. */
const PREFIX = 8;
const MAGIC = [0x53, 0x52, 0x4d, 0x01];

/**
 * The embedded header and the bytes it took, prefix included. A detached body begins with its
 * header's length, 40, so that the magic tells the two apart.
 */
async function takeHeader(
  front: Front,
  mayBeDetached: boolean,
  bindings: Bindings,
): Promise<{ header: Bytes; length: number } | undefined> {
  const prefix = await front.take(PREFIX);
  if (mayBeDetached && !MAGIC.every((byte, at) => prefix[at] === byte)) {
    front.unread(prefix);
    return undefined;
  }
  const length = bindings.attachedHeaderLength(prefix);
  return { header: await front.take(length), length: PREFIX + length };
}

const SEGMENT = 262_144;
const BODY_HEADER = 40;
const TAG = 16;

/** Plaintext bytes in a body; `undefined` for a length that no body has. */
function plaintextSize(body: number): number | undefined {
  const size = body - BODY_HEADER - TAG * Math.ceil(body / SEGMENT);
  return size < 0 ? undefined : size;
}

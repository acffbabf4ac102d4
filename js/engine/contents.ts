/** Begins bodies: makes or opens the header, and says what is known before the body is read. */
import type { Bindings, Keyring, WasmBody, WasmFlow, WasmVault } from "../bindings.js";
import { ArgumentError, ChangedError } from "../errors.js";
import type { FileMetadata } from "../inputs.js";
import type {
  Decrypted,
  DecryptRequest,
  Encrypted,
  EncryptRequest,
  Reencrypted,
  ReencryptRequest,
  Resumed,
  ResumeRequest,
} from "../protocol.js";
import { BlobReader } from "./blob-reader.js";
import type { Body } from "./bodies.js";
import { Cipher, sha256 } from "./cipher.js";
import { Front } from "./reader.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** Where sealers and openers come from. */
export interface Makers {
  bindings: Bindings;
  keyring: Keyring;
  /** Throws while the vault is locked. */
  operate(operation: (vault: WasmVault) => WasmFlow): Promise<WasmBody>;
}

export async function beginEncrypt(
  body: Body,
  request: EncryptRequest,
  makers: Makers,
): Promise<Encrypted> {
  const { to, detached, size: expected } = request;
  const sealer = await makeSealer(request, makers);
  const { id, piece, size: bodySize } = JSON.parse(sealer.about()) as Sealing;
  const prefix = sealer.attachedPrefix() as Bytes;
  const kept = "key" in to && to.keepHeader;
  const header = kept ? NOTHING : prefix.slice(PREFIX);
  const before = detached ? undefined : prefix;
  const size = bodySize === undefined ? undefined : bodySize + (before?.byteLength ?? 0);
  const pieces = plainPieces(piece);
  body.begin(new Cipher(sealer, "encrypt"), body.source, { prefix: before, expected, pieces });
  return { id, header, size };
}

/** What is said of a body that is encrypted: `piece` counts segments. */
interface Sealing {
  id: string;
  piece: number;
  size?: number;
}

/** And of one that is encrypted again. */
interface SealingAgain extends Required<Sealing> {
  /** Bytes of plaintext, and where in it the pass begins. */
  input: number;
  plain: number;
  skip: number;
  attached: boolean;
  kept: boolean;
  note?: string;
}

/** Begins another pass over an object's plaintext, which is to be the one that it was. */
export async function beginAgain(
  body: Body,
  { id, context, sidecar, file, from }: ResumeRequest,
  makers: Makers,
): Promise<Resumed> {
  const sealer = await makers.operate((vault) => vault.resume(id, context, sidecar, from));
  const about = JSON.parse(sealer.about()) as SealingAgain;
  const cipher = new Cipher(sealer, "encrypt");
  if (about.input !== file.size) {
    cipher.free();
    throw new ChangedError("not the file whose upload was begun, which had another size; encrypt it anew");
  }
  const whole = sealer.attachedPrefix() as Bytes;
  const prefix = about.attached ? whole.slice(from) : NOTHING;
  const [first, other] = plainPieces(about.piece);
  const again = {
    digest: (piece: Bytes) => sha256(piece, makers.bindings),
    processed: about.plain,
    skip: about.skip,
  };
  body.begin(cipher, new BlobReader(file.slice(about.plain)), {
    prefix: prefix.byteLength > 0 ? prefix : undefined,
    expected: about.input,
    pieces: [about.plain > 0 ? other : first, other],
    again,
  });
  const size = about.size + (about.attached ? whole.byteLength : 0);
  return { id, header: about.kept ? NOTHING : whole.slice(PREFIX), size, note: about.note };
}

/** Bytes of plaintext in the first piece of so many segments, and in any other. */
function plainPieces(segments: number): [first: number, other: number] {
  const bytes = segments * (SEGMENT - TAG);
  return [bytes - BODY_HEADER, bytes];
}

async function makeSealer(request: EncryptRequest, makers: Makers): Promise<WasmBody> {
  const { to, context, sidecar, metadata, size } = request;
  const file = fileText(metadata, size);
  if (!("key" in to)) return makers.keyring.encrypt(to.recipients, context, sidecar, file);
  return makers.operate((vault) => vault.encrypt(to.key, context, sidecar, file, to.keepHeader));
}

/** What an object says of itself as JSON text, with the size of the plaintext in bytes. */
function fileText(
  { name, type, modified }: FileMetadata,
  size: number | undefined,
): string | undefined {
  const text = JSON.stringify({ name, type, size, modified });
  return text === "{}" ? undefined : text;
}

export async function beginDecrypt(
  body: Body,
  inputSize: number | undefined,
  request: DecryptRequest,
  makers: Makers,
): Promise<Decrypted> {
  const { from, header } = request;
  const object = "object" in from ? from.object : undefined;
  const front = new Front(body.source);
  const embedded = await takeHeader(front, (header ?? object) !== undefined, makers.bindings);
  const given = object ?? header ?? embedded?.header;
  if (given === undefined) throw new ArgumentError("a detached body needs { header }");
  const opener = await makeOpener(given, request, makers);
  const rest = inputSize === undefined ? undefined : inputSize - (embedded?.length ?? 0);
  const size = rest === undefined ? undefined : plaintextSize(rest);
  const about = JSON.parse(opener.about()) as Pick<Decrypted, "id" | "metadata" | "origin">;
  const pieces = [AT_ONCE * SEGMENT, AT_ONCE * SEGMENT] as const;
  body.begin(new Cipher(opener, "decrypt"), front, { prefix: undefined, expected: rest, pieces });
  return { ...about, header: typeof given === "string" ? NOTHING : (given as Bytes), size };
}

export async function makeOpener(
  header: Uint8Array | string,
  { from, context, sidecar, expect }: DecryptRequest,
  makers: Makers,
): Promise<WasmBody> {
  if ("allowUnsigned" in from) {
    return makers.operate((vault) => vault.decrypt(header, context, sidecar, expect, from.allowUnsigned));
  }
  return makers.keyring.decrypt(header as Uint8Array, from.identities, context, sidecar, expect);
}

/** `body` reads what was opened. */
export async function beginReencrypt(
  body: Body,
  opened: Decrypted,
  request: ReencryptRequest,
  makers: Makers,
): Promise<Reencrypted> {
  const metadata = { ...opened.metadata, ...request.metadata };
  const total = opened.size ?? opened.metadata?.size;
  const made = await beginEncrypt(body, { ...request, metadata, size: total }, makers);
  return { ...made, total };
}

/** The header out of what may be an attached object. */
export function embeddedHeader(given: Uint8Array | string, bindings: Bindings): Uint8Array | string {
  if (typeof given === "string" || !isAttached(given)) return given;
  return given.subarray(PREFIX, PREFIX + bindings.attachedHeaderLength(given.slice(0, PREFIX)));
}

const NOTHING: Bytes = new Uint8Array(0);

/** Magic and u32 length: what an attached object begins with, before its header. */
const PREFIX = 8;
const MAGIC = [0x53, 0x52, 0x4d, 0x01];

/**
 * The embedded header and the bytes it took, prefix included. A detached body begins with its
 * header's length, 40, so that the magic tells the two apart.
 */
export async function takeHeader(
  front: Front,
  mayBeDetached: boolean,
  bindings: Bindings,
): Promise<{ header: Bytes; length: number } | undefined> {
  const prefix = await front.take(PREFIX);
  if (mayBeDetached && !isAttached(prefix)) {
    front.unread(prefix);
    return undefined;
  }
  const length = bindings.attachedHeaderLength(prefix);
  return { header: await front.take(length), length: PREFIX + length };
}

function isAttached(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/** Segments that are read, decrypted and handed out together: enough for both cores, and small beside a page. */
const AT_ONCE = 4;
const SEGMENT = 262_144;
/** Bytes of a body before its first segment. */
export const BODY_HEADER = 40;
const TAG = 16;

/** Plaintext bytes in a body; `undefined` for a length that no body has. */
function plaintextSize(body: number): number | undefined {
  const size = body - BODY_HEADER - TAG * Math.ceil(body / SEGMENT);
  return size < 0 ? undefined : size;
}

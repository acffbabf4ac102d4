/** Begins bodies: makes or opens the header, and says what is known before the body is read. */
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, ChangedError, UnsignedError } from "../../shared/errors/index.js";
import type { WireMetadata } from "../../shared/model/file-metadata.js";
import type {
  Decrypted,
  DecryptFrom,
  DecryptRequest,
  Encrypted,
  EncryptRequest,
  Inspected,
  Reencrypted,
  ReencryptRequest,
  Resumed,
  ResumeRequest,
} from "../../shared/protocol/body-calls.js";
import { plainCopy } from "../../shared/text.js";
import { BlobReader } from "../readers/blob-reader.js";
import { PushbackReader } from "../readers/pushback-reader.js";
import type { Reader } from "../readers/reader.js";
import type { Changes } from "../vault/changes.js";
import type { Permit } from "../vault/permit.js";
import type { WasmBody, WasmVault } from "../wasm/bindings.js";
import { Cipher, sha256 } from "./aes.js";
import { embeddedHeader, givenHeader, NOTHING, takeHeader, type SignedHeader } from "./attached.js";
import { headerAfter, type BodyAbout, type BodyMakers } from "./body-makers.js";
import type { BodyTask } from "./body-task.js";
import { beginShared } from "./shared-body.js";

/** @param again opens the input, where it can be read a second time */
export async function beginEncrypt(
  body: BodyTask,
  request: EncryptRequest,
  makers: BodyMakers,
  again?: () => Reader,
): Promise<Encrypted> {
  const { to, detached, size: expected } = request;
  const encryptor = await makeEncryptor(request, makers);
  if (encryptor.isShared()) return beginShared(body, encryptor, request, makers, again);
  const { id, kid, piece, size: bodySize } = encryptor.about() as BodyAbout;
  const prefix = encryptor.attachedPrefix() as Bytes;
  const kept = "key" in to && to.keepHeader;
  const header = kept ? NOTHING : headerAfter(prefix, makers);
  const before = detached ? undefined : prefix;
  const size = bodySize === undefined ? undefined : bodySize + (before?.byteLength ?? 0);
  const pieces = makers.bindings.plainPieces(piece);
  const permit = "key" in to && kid !== undefined ? makers.permit(kid, "write") : undefined;
  body.begin(new Cipher(encryptor, "encrypt"), body.source, { prefix: before, expected, pieces, permit });
  return { id, header, size };
}

/** And of one that is encrypted again. */
interface ResumedAbout extends Required<BodyAbout> {
  /** Bytes of plaintext, and where in it the pass begins. */
  input: number;
  plain: number;
  skip: number;
  attached: boolean;
  kept: boolean;
  note?: string;
}

/** Begins another pass over an object's plaintext, which is to be the one that it was. */
export async function beginResumed(
  body: BodyTask,
  { id, context, sidecar, file, from, reason }: ResumeRequest,
  makers: BodyMakers,
): Promise<Resumed> {
  const encryptor = await makers.operate((vault) => vault.resume(id, context, sidecar, from, reason));
  const about = encryptor.about() as ResumedAbout;
  const cipher = new Cipher(encryptor, "encrypt");
  if (about.input !== file.size) {
    cipher.free();
    throw new ChangedError("not the file whose upload was begun, which had another size; encrypt it again");
  }
  const whole = encryptor.attachedPrefix() as Bytes;
  const prefix = about.attached ? whole.slice(from) : NOTHING;
  const [first, other] = makers.bindings.plainPieces(about.piece);
  const again = {
    digest: (piece: Uint8Array) => sha256(piece, makers.bindings),
    processed: about.plain,
    skip: about.skip,
  };
  body.begin(cipher, new BlobReader(file.slice(about.plain)), {
    prefix: prefix.byteLength > 0 ? prefix : undefined,
    expected: about.input,
    pieces: [about.plain > 0 ? other : first, other],
    permit: makers.permit(about.kid, "write"),
    again,
  });
  const size = about.size + (about.attached ? whole.byteLength : 0);
  return { id, header: about.kept ? NOTHING : headerAfter(whole, makers), size, note: about.note };
}

async function makeEncryptor(request: EncryptRequest, makers: BodyMakers): Promise<WasmBody> {
  const { to, context, sidecar, metadata, size } = request;
  const file = fileOf(metadata, size);
  if (!("key" in to)) return makers.keyring.encrypt(to.recipients, context, sidecar, file);
  if (to.others) {
    const { key, others, reason } = to;
    return makers.operate((vault) => vault.encryptFor(key, others, context, sidecar, file, reason));
  }
  const encrypt = (vault: WasmVault): Promise<WasmBody> =>
    vault.encrypt(to.key, context, sidecar, file, to.keepHeader, to.reason);
  return makers.operate(encrypt, { changes: to.keepHeader ? KEPT : undefined });
}

/** An object whose header the vault keeps is in its inventory from the beginning. */
const KEPT: Changes<WasmBody> = { noun: "objects", ids: (made) => [(made.about() as Pick<Encrypted, "id">).id] };

/** What an object says of itself, with the size of the plaintext in bytes; nothing where nothing is known. */
function fileOf({ name, type, modified, custom }: WireMetadata, size: number | undefined): WireMetadata | undefined {
  const known = Object.entries({ name, type, size, modified, custom }).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

export async function beginDecrypt(
  body: BodyTask,
  inputSize: number | undefined,
  request: DecryptRequest,
  makers: BodyMakers,
): Promise<Decrypted> {
  const { from, header: detached, signature } = request;
  const object = "object" in from ? from.object : undefined;
  const front = new PushbackReader(body.source);
  const embedded = await takeHeader(front, (detached ?? object) !== undefined, makers.bindings);
  const given = givenHeader(object, { header: detached, signature }, embedded);
  if (given === undefined) throw new ArgumentError("a detached body needs { header }");
  const decryptor = await makeDecryptor(given, request, makers);
  const rest = inputSize === undefined ? undefined : inputSize - (embedded?.length ?? 0);
  const size = rest === undefined ? undefined : makers.bindings.plaintextSize(rest);
  const { kid, ...about } = decryptor.about() as OpenedAbout;
  const [, , segment] = makers.bindings.layout();
  const pieces = [AT_ONCE * segment, AT_ONCE * segment] as const;
  const permit = permitToRead(from, kid, makers);
  const cipher = new Cipher(decryptor, "decrypt").held((piece) => sha256(piece, makers.bindings));
  body.begin(cipher, front, { prefix: undefined, expected: rest, pieces, permit });
  const { header } = given;
  return { ...about, header: typeof header === "string" ? NOTHING : (header as Bytes), size };
}

/** What a header says of its object, by itself. */
export async function inspectHeader(
  given: Uint8Array | string,
  request: DecryptRequest,
  makers: BodyMakers,
): Promise<Inspected> {
  const opener = await makeDecryptor(embeddedHeader(given, request.signature, makers.bindings), request, makers);
  try {
    const { kid: _, ...about } = opener.about() as OpenedAbout;
    return about;
  } finally {
    opener.free();
  }
}

/** What is said of a body that is decrypted. `kid`: of a vault's version. */
export type OpenedAbout = Inspected & { kid?: string };

export function permitToRead(from: DecryptFrom, kid: string | undefined, makers: BodyMakers): Permit | undefined {
  return "allowUnsigned" in from && kid !== undefined ? makers.permit(kid, "read") : undefined;
}

export async function makeDecryptor(
  { header, signature }: SignedHeader,
  { from, context, sidecar, expect }: DecryptRequest,
  makers: BodyMakers,
): Promise<WasmBody> {
  if ("allowUnsigned" in from) {
    const { tracked, allowUnsigned, reason } = from;
    const which = plainCopy({ expect, tracked, allowUnsigned });
    const decrypt = (vault: WasmVault): Promise<WasmBody> => vault.decrypt(header, signature, context, sidecar, which, reason);
    return makers.opening(decrypt);
  }
  return makers.keyring.decrypt(header as Uint8Array, signature, from.identities, context, sidecar, expect);
}

/**
 * `body` reads what was opened. Under another data key it passes for what the vault wrote: nothing goes there of which
 * a recipient can have written the body, unless that was asked for.
 */
export async function beginReencrypt(
  body: BodyTask,
  opened: Decrypted,
  { from }: DecryptRequest,
  request: ReencryptRequest,
  makers: BodyMakers,
): Promise<Reencrypted> {
  if (opened.covers === "header" && "allowUnsigned" in from && !from.allowUnsigned) {
    throw new UnsignedError("each recipient can have written this body, since its signature covers the header alone; pass from: { allowUnsigned: true }");
  }
  const metadata = { ...opened.metadata, ...request.metadata };
  const total = opened.size ?? opened.metadata?.size;
  const made = await beginEncrypt(body, { ...request, metadata, size: total }, makers);
  return { ...made, total };
}

/** Segments that are read, decrypted and handed out together: enough for both cores, and small beside a page. */
const AT_ONCE = 4;

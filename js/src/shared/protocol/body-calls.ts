/** Bodies: encrypted or decrypted piece by piece. */
import type { WireMetadata } from "../model/file-metadata.js";
import type { Covers, OpenedBy, Origin } from "../model/key-info.js";
import type { Sidecar } from "../model/sidecar.js";
import type { WireRecipient } from "./standalone-calls.js";

/** An input as it crosses: a Blob by reference, small bytes at once, everything else on demand. */
export type WireInput =
  | { kind: "blob"; blob: Blob }
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "pull"; source: number; size: number | undefined }
  /** Bytes that are asked for as those of `pull` are, and from the beginning again once none were asked for. */
  | { kind: "again"; source: number; size: number };

/**
 * The vault's key by alias or id, with the texts of public JWKs of others for whom it is too, and what is signed then; or recipients
 * for an object outside any vault.
 */
export type EncryptTo =
  | { key: string; keepHeader: boolean; reason: string | undefined; others: string[] | undefined; sign: Covers | undefined }
  | { recipients: WireRecipient[] };

/**
 * The vault, and the id of the object whose header it has, or what the inventory has the object by; or keys outside any
 * vault.
 */
export type DecryptFrom =
  | { allowUnsigned: boolean; object: string | undefined; tracked: string | undefined; reason: string | undefined }
  | { identities: number[] };

export interface ReencryptRequest {
  to: EncryptTo;
  context: string | undefined;
  sidecar: Sidecar | undefined;
  metadata: WireMetadata;
  detached: boolean;
}

export interface EncryptRequest extends ReencryptRequest {
  /** Bytes of plaintext, where known. */
  size: number | undefined;
}

/** Where an upload comes from: its file's name; whether it is one blob with its header; whether the vault keeps that. */
export interface UploadOrigin {
  name?: string | undefined;
  attached: boolean;
  kept: boolean;
}

/** What the vault remembers of an upload. */
export interface UploadAbout extends UploadOrigin {
  id: string;
  location?: string | undefined;
}

/** Another pass over an object's plaintext, from a byte of what is stored. */
export interface ResumeRequest extends Pick<ReencryptRequest, "context" | "sidecar"> {
  id: string;
  file: Blob;
  from: number;
  reason: string | undefined;
}

export interface DecryptRequest {
  from: DecryptFrom;
  context: string | undefined;
  sidecar: Sidecar | undefined;
  header: Uint8Array | undefined;
  /** Of an object for others too: the signature of a detached header, or one that counts before the embedded one. */
  signature: Uint8Array | undefined;
  expect: string | undefined;
}

export interface Encrypted extends Begun {
  id: string;
  /** Empty where the vault keeps it. */
  header: Uint8Array<ArrayBuffer>;
  size: number | undefined;
  /** Of an object for others too, where the header alone is signed. */
  signature?: string | undefined;
}

export interface Resumed extends Encrypted {
  size: number;
  note: string | undefined;
}

/** What a header says. */
export interface Inspected {
  id: string;
  metadata: WireMetadata | undefined;
  origin: Origin;
  /** Of an object that is signed. */
  covers?: Covers | undefined;
  /** Of a vault's key. */
  version?: OpenedBy | undefined;
}

export interface Decrypted extends Encrypted, Inspected {}

export interface Reencrypted extends Encrypted {
  /** Bytes of plaintext, where known. */
  total: number | undefined;
}

/** What is said of a body when it begins. */
export interface Begun {
  /** Its first batch, of an input that came along whole. */
  first?: Batch | undefined;
}

/** A few segments of output; `processed` counts the input's bytes so far. */
export interface Batch {
  chunks: Uint8Array<ArrayBuffer>[];
  processed: number;
  done: boolean;
  /** With the last one, of an object whose signature covers its body. */
  signature?: string;
}

/** A body's number is chosen by the page, so that it can be dropped early. */
export interface BodyCalls {
  encrypt(body: number, input: WireInput, request: EncryptRequest): Promise<Encrypted>;
  decrypt(body: number, input: WireInput, request: DecryptRequest): Promise<Decrypted>;
  reencrypt(
    body: number,
    input: WireInput,
    old: DecryptRequest,
    request: ReencryptRequest,
  ): Promise<Reencrypted>;
  /** `header`: a header, an attached object from its beginning, or the id of an object whose header the vault has. */
  inspect(header: Uint8Array | string, request: DecryptRequest): Promise<Inspected>;
  pull(body: number): Promise<Batch>;
  /** Reads a body's input on, without encrypting it; at its end, the vault keeps what `resume` needs. */
  pin(body: number, about: UploadAbout): Promise<Batch>;
  resume(body: number, request: ResumeRequest): Promise<Resumed>;
  /** Ends a body, or an object that `openObject` opened. */
  drop(body: number): Promise<void>;
}

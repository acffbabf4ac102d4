/** Opening a header alone. */
import { abortable } from "../../shared/async.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { Covers, OpenedBy, Origin } from "../../shared/model/key-info.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import type { DecryptRequest } from "../../shared/protocol/body-calls.js";
import { frozen } from "../../shared/text.js";
import type { Connection } from "../runtime/connection.js";
import { headerOf, signatureOf, type Headed } from "./header.js";
import { openedMetadata } from "./own-metadata.js";

/** What an object's header says. It says nothing of the body: whether there is one, whole, shows only when it is read. */
export interface InspectedHeader {
  /** The object's id: the RFC 7638 thumbprint of its data key. */
  readonly id: string;
  /** What travels with the object; chosen by its writer. `size` is the plaintext's, where it was known. */
  readonly metadata: FileMetadata;
  /** What it is a sidecar of; `undefined` if it is none. */
  readonly sidecar: Sidecar | undefined;
  /** `"own"`: written under a key that only the opener has, or signed by the vault's identity. `"unsigned"`: the writer is unproven. */
  readonly origin: Origin;
  /** What the signature covers of an object that is for others too. That the body is the one, shows only when it is read. */
  readonly covers: Covers | undefined;
  /** The version that opened it, and its state. */
  readonly version: OpenedBy;
}

/** @internal */
export async function inspect(
  object: Headed | Uint8Array | string,
  request: DecryptRequest,
  { peer }: Connection,
  signal: AbortSignal | undefined,
): Promise<InspectedHeader> {
  const given = typeof object === "string" || ArrayBuffer.isView(object) ? { header: object } : object;
  const header = headerOf(given);
  const signature = request.signature ?? (await signatureOf(given));
  const opened = await abortable(signal, () => peer.call("inspect", header, { ...request, signature }));
  return Object.freeze({
    id: opened.id,
    metadata: openedMetadata(opened.metadata),
    sidecar: frozen(request.sidecar),
    origin: opened.origin,
    covers: opened.covers,
    version: frozen(opened.version as OpenedBy),
  });
}

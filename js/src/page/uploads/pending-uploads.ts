/** Pending uploads that can be resumed. */
import { abortable } from "../../shared/async.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { isBlob } from "../../shared/kinds.js";
import type { EncryptionContext } from "../../shared/model/encryption-context.js";
import type { PendingUpload } from "../../shared/model/pending-upload.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions, OperationOptions } from "../../shared/model/progress.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import { ABORT, check, type Checks, optionsOf, REASON, WATCH } from "../../shared/options.js";
import { frozen, nonEmpty } from "../../shared/text.js";
import { contextText } from "../objects/context-text.js";
import { EncryptedObject, type ObjectVault } from "../objects/encrypted-object.js";
import { sidecarOf } from "../objects/sidecar-of.js";
import type { Connection, UseEngine } from "../runtime/connection.js";
import { ResumableBody } from "./resumable-body.js";

export interface ResumeOptions extends OperationOptions, ReasonOptions {
  /** That which the object was encrypted with. */
  context?: EncryptionContext | undefined;
  /** Which sidecar it is, if it is one. */
  sidecar?: Sidecar | undefined;
}

export class Uploads {
  readonly #use: UseEngine;

  /** @internal */
  constructor(use: UseEngine) {
    this.#use = use;
  }

  /** All pending uploads, the oldest first. */
  async list(options?: AbortOptions): Promise<readonly PendingUpload[]> {
    const { signal } = optionsOf(options, ABORT);
    const { uploads } = await abortable(signal, () => this.#use().peer.call("listUploads"));
    return frozen(uploads);
  }

  /** Forgets one, which then cannot be resumed. What the store has of it is left to the store. */
  async remove(token: string): Promise<void> {
    await this.#use().peer.call("endUpload", nonEmpty(token, "a token"));
  }
}

const RESUME = { ...WATCH, ...REASON, context: check.texts, sidecar: check.any } satisfies Checks<ResumeOptions>;

/** The object that a token names, to be read once more. @internal */
export async function resumeFrom(
  connection: Connection,
  { id, track }: ObjectVault,
  token: string,
  file: Blob,
  options: ResumeOptions | undefined,
): Promise<EncryptedObject> {
  const { context, sidecar, reason, ...watch } = optionsOf(options, RESUME);
  if (!isBlob(file)) throw new ArgumentError("an upload is resumed with the File or Blob that it began with");
  const bound = { context: contextText(context), sidecar: sidecarOf(sidecar), reason };
  const resumableBody = new ResumableBody(connection, id, file, bound, watch);
  const { reader, resumed } = await resumableBody.resume(nonEmpty(token, "a token"));
  return new EncryptedObject(reader, resumed, { track, resumableBody });
}

/** Uploads under way: what the vault knows of objects whose upload can go on. */
import type { Connection, Use } from "./connection.js";
import { contextText, frozenJson, named, type Context } from "./context.js";
import { ArgumentError } from "./errors.js";
import { EncryptedObject, type Home } from "./objects.js";
import { Passes } from "./passes.js";
import type { Watch } from "./pump.js";
import { sidecarText, type Sidecar } from "./sidecars.js";

/** An upload that can go on, given the file. */
export interface Upload {
  /** What `resumeToken` gave: the object's id. */
  readonly token: string;
  /** The file's name, where it has one: for whoever has to choose it again. */
  readonly name?: string | undefined;
  /** What `resumeToken` was given. */
  readonly location?: string | undefined;
  /** Bytes of the file. */
  readonly size: number;
  /** When it was begun, in milliseconds since 1970. */
  readonly started: number;
}

export interface ResumeOptions extends Watch {
  /** That which the object was encrypted with. */
  context?: Context | undefined;
  /** Which sidecar it is, if it is one. */
  sidecar?: Sidecar | undefined;
}

export class Uploads {
  readonly #use: Use;

  /** @internal */
  constructor(use: Use) {
    this.#use = use;
  }

  /** Those under way, the oldest first. */
  async list(): Promise<readonly Upload[]> {
    const told = await this.#use().peer.call("listUploads");
    return frozenJson<{ uploads: readonly Upload[] }>(told).uploads;
  }

  /** Forgets one, which then cannot go on. What the store has of it is left to the store. */
  async remove(token: string): Promise<void> {
    await this.#use().peer.call("endUpload", named(token, "a token"));
  }
}

/** The object that a token names, to be read once more. @internal */
export async function resumeFrom(
  connection: Connection,
  { id, track }: Home,
  token: string,
  file: Blob,
  { context, sidecar, ...watch }: ResumeOptions,
): Promise<EncryptedObject> {
  if (!(file instanceof Blob)) throw new ArgumentError("an upload goes on with the File or Blob that it began with");
  const bound = { context: contextText(context), sidecar: sidecarText(sidecar) };
  const passes = new Passes(connection, id, file, bound, watch);
  const { pump, resumed } = await passes.resume(named(token, "a token"));
  return new EncryptedObject(pump, resumed, { track, passes });
}

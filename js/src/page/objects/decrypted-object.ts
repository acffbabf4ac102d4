import { MalformedError } from "../../shared/errors/index.js";
import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { Json } from "../../shared/model/json.js";
import type { Covers, OpenedBy, Origin } from "../../shared/model/key-info.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import { check, optionsOf } from "../../shared/options.js";
import type { Decrypted } from "../../shared/protocol/body-calls.js";
import { frozen } from "../../shared/text.js";
import type { BodyReader } from "./body-reader.js";
import { Body } from "./body.js";
import { openedMetadata } from "./own-metadata.js";
import { harmlessType } from "./safe-types.js";

/** What `decrypt` opens. Nothing comes out of the body that was not authenticated. */
export class DecryptedObject extends Body {
  /** What travelled with the object; empty for a plain run of bytes. Chosen by its writer. */
  readonly metadata: FileMetadata;
  /** What it is a sidecar of; `undefined` if it is none. */
  readonly sidecar: Sidecar | undefined;
  /** `"own"`: written under a key that only the opener has, or signed by the vault's identity. `"unsigned"`: the writer is unproven. */
  readonly origin: Origin;
  /** What the signature covers of an object that is for others too: with `"header"`, each of them can have written the body. */
  readonly covers: Covers | undefined;
  /** The version that opened it; `undefined` outside a vault. */
  readonly version: OpenedBy | undefined;

  /** @internal */
  constructor(reader: BodyReader, opened: Decrypted, sidecar: Sidecar | undefined) {
    super(reader, opened);
    this.metadata = openedMetadata(opened.metadata);
    this.sidecar = frozen(sidecar);
    this.origin = opened.origin;
    this.covers = opened.covers;
    this.version = frozen(opened.version);
  }

  /**
   * The plaintext as a Blob. Its type is the stored one where that is harmless to open in the page's
   * own origin (images but SVG, audio, video, PDF, plain text), otherwise
   * `application/octet-stream`; `type` overrides.
   */
  async blob(options?: { type?: string | undefined }): Promise<Blob> {
    const { type } = optionsOf(options, { type: check.text });
    return this.collectBlob(type ?? harmlessType(this.metadata.type));
  }

  /**
   * The plaintext as a File, with the stored name and date; its type is that of `blob`.
   *
   * @example
   * const file = await (await vault.decrypt(await fetch(url), { context })).file();
   */
  async file(options?: { name?: string | undefined; type?: string | undefined }): Promise<File> {
    const { name, type } = optionsOf(options, { name: check.text, type: check.text });
    const { name: stored = "", modified } = this.metadata;
    const blob = await this.blob({ type });
    const dated = modified === undefined ? {} : { lastModified: modified };
    return new File([blob], name ?? stored, { type: blob.type, ...dated });
  }

  /** The plaintext as UTF-8 text. */
  async text(): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.bytes());
  }

  /** The plaintext as JSON says it; nothing checks that it is a `T`. @throws MalformedError when it is no JSON */
  async json<T = Json>(): Promise<T> {
    const text = await this.text();
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      const where = "the object's JSON";
      throw new MalformedError(`malformed: ${where}`, { where, cause });
    }
  }
}

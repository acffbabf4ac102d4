import type { FileMetadata } from "../../shared/model/file-metadata.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import type { Decrypted } from "../../shared/protocol/body-calls.js";
import { frozenJson } from "../../shared/text.js";
import type { BodyReader } from "./body-reader.js";
import { Body } from "./body.js";
import { harmlessType } from "./safe-types.js";

/** What `decrypt` opens. Nothing comes out of the body that was not authenticated. */
export class PlainObject extends Body {
  /** What travelled with the object; empty for a plain run of bytes. Chosen by its writer. */
  readonly metadata: FileMetadata;
  /** What it is a sidecar of; `undefined` if it is none. */
  readonly sidecar: Sidecar | undefined;
  /** `"own"`: written under a key that only the opener has. `"unsigned"`: the writer is unproven. */
  readonly origin: "own" | "unsigned";

  /** @internal */
  constructor(reader: BodyReader, opened: Decrypted, sidecar: string | undefined) {
    super(reader, opened);
    this.metadata = Object.freeze(opened.metadata ?? {});
    this.sidecar = sidecar === undefined ? sidecar : frozenJson(sidecar);
    this.origin = opened.origin;
  }

  /**
   * The plaintext as a Blob. Its type is the stored one where that is harmless to open in the page's
   * own origin (images but SVG, audio, video, PDF, plain text), otherwise
   * `application/octet-stream`; `type` overrides.
   */
  blob({ type }: { type?: string | undefined } = {}): Promise<Blob> {
    return this.collectBlob(type ?? harmlessType(this.metadata.type));
  }

  /** The plaintext as UTF-8 text. */
  async text(): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.bytes());
  }
}

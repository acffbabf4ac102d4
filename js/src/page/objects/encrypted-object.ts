import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, type StrongroomError } from "../../shared/errors/index.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { Sidecar } from "../../shared/model/sidecar.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { TrackedObject, TrackOptions } from "../../shared/model/tracked-object.js";
import { check, optionsOf, WATCH, type Checks } from "../../shared/options.js";
import type { Encrypted } from "../../shared/protocol/body-calls.js";
import { nonEmpty } from "../../shared/text.js";
import type { ResumableBody } from "../uploads/resumable-body.js";
import type { BodyReader } from "./body-reader.js";
import { Body, streamOf } from "./body.js";
import type { Input } from "./input.js";
import { SIDECAR_OPTIONS, type SidecarOptions } from "./object-options.js";
import { PARTS, partSize, partsOf, type Part, type PartOptions } from "./upload-parts.js";

/** Enters an object into a vault's inventory. @internal */
export type TrackObject = (object: EncryptedObject, options: (TrackOptions & ReasonOptions) | undefined) => Promise<TrackedObject>;

export interface ResumeTokenOptions extends OperationOptions {
  /** Where the upload goes, for the page that resumes it: such as the path that its context names. Encrypted at rest. */
  location?: string | undefined;
}

const RESUME_TOKEN = { ...WATCH, location: check.text } satisfies Checks<ResumeTokenOptions>;

/** The vault that an object is made by. @internal */
export interface ObjectVault {
  id: string;
  track: TrackObject;
}

/** What an object can do besides being read. @internal */
export interface ObjectActions {
  track: TrackObject | undefined;
  /** None of a sidecar, nor of what is resumed. */
  addSidecar?: (sidecar: Sidecar, input: Input, options: SidecarOptions) => Promise<EncryptedObject>;
  /** Of an input that can be read again, in a vault. */
  resumableBody?: ResumableBody | undefined;
  /** Whether it is for others too, and signed. */
  shared?: boolean;
}

/**
 * What `encrypt` makes. The header and size are known; the body is made as it is read: once; or, of one that can be
 * resumed, as often as it is asked for.
 */
export class EncryptedObject extends Body {
  readonly #actions: ObjectActions;
  /** Where the header alone is signed. */
  readonly #signature: string | undefined;

  /** @internal */
  constructor(reader: BodyReader, made: Encrypted, actions: ObjectActions) {
    super(reader, made);
    this.#actions = actions;
    this.#signature = made.signature;
  }

  /**
   * The signature of an object with `recipients`, a compact JWS: to be stored beside the header, and given to whatever takes that. Of an
   * attached object it stands in the object already. `undefined` for an object without recipients.
   *
   * @throws ArgumentError while the body, which it covers, was not read to its end
   */
  async signature(): Promise<string | undefined> {
    if (!this.#actions.shared) return undefined;
    const signature = this.#signature ?? this.reader.signature;
    if (signature === undefined) throw new ArgumentError("read the body to its end first: the signature covers it");
    return signature;
  }

  /** Whether its upload can be resumed: after `resumeToken`, and of what `vault.resume` gives. */
  get resumable(): boolean {
    return this.#actions.resumableBody?.begun ?? false;
  }

  /**
   * Makes the object one whose upload can be resumed after a reload, or on another day: `vault.resume(token, file)`
   * then gives the same object again. For that the file is read through once before any byte of it is encrypted, and a
   * digest of each MiB stays in the vault, so that a file that changed is never encrypted under the same key.
   * Afterwards the body can be read as often as needed, and from any place.
   *
   * @throws ArgumentError unless a vault made the object, of a `File` or `Blob`; ConsumedError when its body was read
   */
  async resumeToken(options?: ResumeTokenOptions): Promise<string> {
    const { location, ...watch } = optionsOf(options, RESUME_TOKEN);
    const { resumableBody, shared } = this.#actions;
    const unsigned = "an upload with recipients cannot be resumed yet; upload it in one go, or encrypt without recipients";
    if (shared) throw new ArgumentError(unsigned);
    if (!resumableBody) throw new ArgumentError("only a vault's object of a File or Blob can be resumed");
    if (!resumableBody.begun) await resumableBody.pin(this.reader, { id: this.id, location }, watch);
    return this.id;
  }

  /** What was remembered of the upload. */
  get note(): string | undefined {
    return this.#actions.resumableBody?.note;
  }

  /** Keeps in the vault what is needed to resume the upload, as `uploadToS3` does with the id it got. */
  async remember(note: string): Promise<void> {
    await this.#live().remember(this.id, note);
  }

  /** Forgets the resume data. Call it once the upload has completed. */
  async forget(): Promise<void> {
    await this.#live().forget(this.id);
  }

  #live(): ResumableBody {
    if (!this.#actions.resumableBody?.begun) throw new ArgumentError("call resumeToken() first");
    return this.#actions.resumableBody;
  }

  /** The body as a stream, in constant memory; of one that can be resumed, from any byte on. */
  override stream(options?: { from?: number | undefined }): ReadableStream<Bytes> {
    const { from = 0 } = optionsOf(options, { from: check.number });
    if (!(Number.isSafeInteger(from) && from >= 0)) throw new ArgumentError("from is a byte of the object");
    if (!this.resumable && from !== 0) throw new ArgumentError("call resumeToken() first, to read from a place");
    return streamOf((stopped) => this.take(stopped, from));
  }

  /** @internal */
  protected override take(stopped?: (reason: StrongroomError) => void, from = 0): BodyReader {
    if (!this.#actions.resumableBody?.begun) return super.take(stopped);
    const reader = this.#actions.resumableBody.from(this.id, from);
    reader.take(stopped);
    return reader;
  }

  /** Frees what the object holds. Once it resolves, its upload can be resumed at once, here or in another tab. */
  override async close(): Promise<void> {
    await Promise.all([super.close(), this.#actions.resumableBody?.close()]);
  }

  /**
   * Encrypts a small object that belongs to this one, such as its thumbnail, under the same key or recipients and
   * in the same context: with an id and a data key of its own, and a header where this one's is. It is read
   * without this object:
   *
   * ```ts
   * const object = await vault.encrypt(photo, { key: "photos", context });
   * const thumbnail = await object.addSidecar("thumbnail", small);
   * await vault.decrypt(await thumbnail.blob(), { context, sidecar: { parent: object.id, name: "thumbnail" } });
   * ```
   *
   * @throws ArgumentError for another name than 1 to 64 of `a-z`, `0-9` and `-`, and for a sidecar's own sidecar
   */
  async addSidecar(name: string, input: Input, options?: SidecarOptions): Promise<EncryptedObject> {
    const checked = optionsOf(options, SIDECAR_OPTIONS);
    const { addSidecar } = this.#actions;
    const hint = "a sidecar has none; for an object that is resumed, encrypt with { sidecar }";
    if (!addSidecar) throw new ArgumentError(hint);
    return addSidecar({ parent: this.id, name: nonEmpty(name, "name") }, input, checked);
  }

  /**
   * Enters the object into its vault's inventory: once it is stored where `location` says.
   *
   * @throws ArgumentError for an object outside any vault
   */
  async track(options?: TrackOptions & ReasonOptions): Promise<TrackedObject> {
    const { track } = this.#actions;
    if (!track) throw new ArgumentError("only a vault keeps an inventory");
    return track(this, options);
  }

  /** The object as a Blob, ready to be uploaded. */
  blob(): Promise<Blob> {
    return this.collectBlob("application/octet-stream");
  }

  /**
   * The object in parts, each made when it is asked for and then held as a Blob, so that it can be sent again as it
   * was; of one that can be resumed, from any part on. `uploadToS3` of `strongroom/s3` does the rest.
   *
   * @throws ArgumentError for parts below 5 MiB or above 5 GiB; TooLargeError for more than 10,000 of them
   */
  parts(options?: PartOptions): AsyncIterable<Part> {
    const { from = 1, ...sized } = optionsOf(options, PARTS);
    if (!(Number.isSafeInteger(from) && from >= 1)) throw new ArgumentError("from is a part's number");
    const size = partSize(sized, this.size);
    return partsOf(this.stream({ from: (from - 1) * size }), size, from);
  }
}

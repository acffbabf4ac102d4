/** The plugin for Uppy. */
import { BasePlugin, type PluginOpts, type Uppy } from "@uppy/core";
import type { Body, Meta, UppyFile } from "@uppy/core/utils";
import type { EncryptedObject } from "../../page/objects/encrypted-object.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { isBlob } from "../../shared/kinds.js";
import type { Progress, OperationOptions } from "../../shared/model/progress.js";
import { check, optionsOf, withMethods, type Checks } from "../../shared/options.js";
import { throwIfRefused } from "../../shared/refused-answer.js";
import { nonEmpty } from "../../shared/text.js";

export interface EncryptorOptions<M extends Meta, B extends Body> extends PluginOpts {
  /** Encrypts one file; `watch` is to be handed on. */
  encrypt: (data: Blob, file: UppyFile<M, B>, watch: OperationOptions) => Promise<EncryptedObject>;
  /** What the file is called from then on, wherever it is uploaded. Its object's id with `.srm`, unless given. */
  storedName?: ((object: EncryptedObject, file: UppyFile<M, B>) => string) | undefined;
  /** Called once the file is ciphertext, before it is uploaded: for its header, its name or an inventory. */
  onEncrypted?: ((object: EncryptedObject, file: UppyFile<M, B>) => void | Promise<void>) | undefined;
}

const ENCRYPTOR = {
  id: check.name,
  locale: check.any,
  encrypt: check.callback,
  storedName: check.callback,
  onEncrypted: check.callback,
} satisfies Checks<EncryptorOptions<Meta, Body>>;

function checkedOptions<M extends Meta, B extends Body>(options: EncryptorOptions<M, B>): EncryptorOptions<M, B> {
  const checked = optionsOf(options, ENCRYPTOR);
  check.callback(checked.encrypt, "encrypt");
  return checked;
}

const TYPE = "application/octet-stream";

/** Of tus: an upload that an earlier page left began with another ciphertext, and must not be resumed with this one. */
const FORGETFUL = {
  findAllUploads: async () => [],
  findUploadsByFingerprint: async () => [],
  addUpload: async () => undefined,
  removeUpload: async () => undefined,
};

/**
 * Encrypts before uploading. Thumbnails, made when a file is added, stay those of the plaintext, in the page; name,
 * type and folder do not reach the uploader. A file is encrypted once: Uppy's retries send the same bytes. If one
 * cannot be encrypted, nothing is uploaded.
 *
 * ```ts
 * new Uppy()
 *   .use(Encryptor, {
 *     encrypt: (data, file, watch) => vault.encrypt(data, { key: "photos", context: contextOf(file), ...watch }),
 *   })
 *   .use(AwsS3, { signRequest });
 * ```
 */
export class Encryptor<M extends Meta, B extends Body> extends BasePlugin<EncryptorOptions<M, B>, M, B> {
  readonly #running = new Map<string, AbortController>();
  readonly #ciphertext = new WeakSet<Blob>();

  constructor(uppy: Uppy<M, B>, options: EncryptorOptions<M, B>) {
    super(uppy, checkedOptions(options));
    this.id = options.id ?? "StrongroomEncryptor";
    this.type = "modifier";
    this.defaultLocale = { strings: { encrypting: "Encrypting…" } };
    this.i18nInit();
  }

  override install(): void {
    this.uppy.addPreProcessor(this.#encryptAll);
    this.uppy.on("file-removed", this.#stop);
  }

  override uninstall(): void {
    this.uppy.removePreProcessor(this.#encryptAll);
    this.uppy.off("file-removed", this.#stop);
    for (const controller of this.#running.values()) controller.abort();
  }

  readonly #stop = ({ id }: { id: string }): void => this.#running.get(id)?.abort();

  /** One after the other. Rejects when one fails, so that no uploader gets to see any. */
  readonly #encryptAll = async (ids: string[]): Promise<void> => {
    for (const id of ids) {
      const file = this.uppy.getFile(id) as UppyFile<M, B> | undefined;
      if (file) await this.#encryptOne(file);
    }
  };

  async #encryptOne(file: UppyFile<M, B>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(file.id, controller);
    try {
      await this.#replace(file, controller.signal);
    } catch (error) {
      // Removed meanwhile: nobody misses it.
      if (!this.uppy.getFile(file.id)) return;
      this.uppy.emit("upload-error", file, error as Error);
      throw error;
    } finally {
      this.#running.delete(file.id);
      this.uppy.emit("preprocess-complete", this.uppy.getFile(file.id));
    }
  }

  async #replace(file: UppyFile<M, B>, signal: AbortSignal): Promise<void> {
    const { data, id } = file;
    if (!isBlob(data)) throw new ArgumentError("only files of this device can be encrypted in it");
    if (this.#ciphertext.has(data)) return;
    const onProgress = (progress: Progress): void => this.#report(file, progress);
    const given = await this.opts.encrypt(data, file, { signal, onProgress });
    const object = withMethods(given, "what encrypt gives", ["blob", "parts", "close"]);
    const blob = await object.blob();
    throwIfRefused(await this.opts.onEncrypted?.(object, file), "what onEncrypted keeps");
    signal.throwIfAborted();
    this.#ciphertext.add(blob);
    const { storedName } = this.opts;
    const name = storedName ? nonEmpty(storedName(object, file), "what storedName gives") : `${object.id}.srm`;
    const earlier = { tus: { uploadUrl: null, urlStorage: FORGETFUL }, s3Multipart: undefined };
    const progress = { ...this.uppy.getFile(id).progress, bytesTotal: blob.size };
    this.uppy.setFileState(id, { data: blob, size: blob.size, name, type: TYPE, progress, ...earlier });
    this.uppy.setFileMeta(id, { name, type: TYPE, relativePath: null } as unknown as M);
  }

  #report(file: UppyFile<M, B>, { done, total }: Progress): void {
    const value = total ? done / total : 1;
    this.uppy.emit("preprocess-progress", file, { mode: "determinate", message: this.i18n("encrypting"), value });
  }
}

/** The keys of an unlocked vault. */

import { signal } from "@preact/signals";
import type { KeyOptions, VaultKey } from "strongroom";
import { notify } from "../../app/notice";
import type { Scope } from "../../app/scope";
import type { ApprovalsModel } from "../approvals/model";
import type { FilesModel } from "../files/model";
import { refreshObjects } from "../provider/model";
import { KeyActions } from "./actions/model";
import { RewrapJob } from "./dependents/rewrap-job";
import { KeyChoice } from "./key-choice";
import { KeyDetail } from "./key-detail";
import { KeyList } from "./key-list";

export class KeysModel {
  readonly choice: KeyChoice;
  readonly list: KeyList;
  readonly actions: KeyActions;
  readonly files: FilesModel;
  readonly #scope: Scope;
  readonly #detail = signal<KeyDetail | undefined>(undefined);
  readonly #rewrapJob = signal<RewrapJob | undefined>(undefined);

  constructor(scope: Scope, files: FilesModel, approvals: ApprovalsModel) {
    this.#scope = scope;
    this.files = files;
    this.choice = new KeyChoice(scope);
    this.list = new KeyList(scope);
    this.actions = new KeyActions(scope, approvals, () => this.refresh());
    // Not awaited: a vault with very many keys reads through them first.
    void this.choice.read();
  }

  /** The key that is open on a page of its own. */
  get detail(): KeyDetail | undefined {
    return this.#detail.value;
  }

  /** The job that runs, or the last one. */
  get rewrapJob(): RewrapJob | undefined {
    return this.#rewrapJob.value;
  }

  get isRewrapping(): boolean {
    return this.rewrapJob?.state === "running";
  }

  /** Opens a key's page. */
  open(id: string): void {
    if (this.#detail.peek()?.id !== id) this.#detail.value = new KeyDetail(this.#scope, id);
    void this.refreshDetail();
  }

  /** Reads the open key again. */
  async refreshDetail(): Promise<void> {
    await this.#detail.peek()?.read();
  }

  /** Creates a key; one that encrypts is chosen for new files. */
  async create(options: KeyOptions): Promise<VaultKey> {
    const key = await this.#scope.vault.keys.create(options);
    const chosen = key.purpose === "encrypt";
    if (chosen) this.choice.choose(key);
    await this.#readLists();
    notify(`Key “${key.alias}” is ready${chosen ? " and chosen for new files" : ""}.`);
    return key;
  }

  /**
   * Rewraps the headers of all files of a version; their bodies stay. An interrupted job is started again over
   * what is left.
   *
   * @param version the id of the version
   * @param to the id of the key that protects them afterwards
   */
  async rewrap(version: string, to: string): Promise<void> {
    const job = new RewrapJob(this.#scope, this.files, version, to);
    this.#rewrapJob.value = job;
    await job.run();
    await Promise.all([this.files.refresh(), refreshObjects()]);
    await this.refreshDetail();
  }

  /**
   * Re-encrypts all files of a version.
   *
   * @param version the id of the version
   * @param to the id of the key that protects them afterwards
   */
  async reencrypt(version: string, to: string): Promise<void> {
    // The progress is shown on the page, below what started it.
    this.actions.closeReport();
    this.files.reencrypt(this.files.under(version), to, () => this.refreshDetail());
    await this.refreshDetail();
  }

  /** Reads everything that shows a changed key. An error here is only reported: the change itself was made. */
  async refresh(): Promise<void> {
    await Promise.all([this.refreshDetail(), this.#readLists()]);
  }

  async #readLists(): Promise<void> {
    await Promise.all([this.choice.read(), this.list.page && this.list.read()]);
  }
}

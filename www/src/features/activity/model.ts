/** The audit log of an unlocked vault: the part of it that is shown, and what is done with the log itself. */

import { batch, signal } from "@preact/signals";
import {
  StrongroomError,
  type AuditEntry,
  type AuditExportOptions,
  type AuditPageQuery,
  type AuditState,
  type AuditVerification,
  type VaultKey,
} from "strongroom";
import { latest } from "../../app/latest";
import { notify } from "../../app/notice";
import type { Scope } from "../../app/scope";
import { counted } from "../../ui/format";
import { saveAs } from "../../ui/save";
import { nameOf, type FilesModel } from "../files/model";
import { kindName } from "../factors/labels";
import type { FactorsModel } from "../factors/model";
import { readEntries } from "./entries-by-number";
import { KeyNames } from "./key-names";
import { midnight, type ActivityQuery } from "./query";
import { quoted, type Names } from "./sentences";

/** Entries per page. */
const PAGE = 50;

/** What is shown of the log: `none` where it has no entry yet, `damaged` where some are missing or were changed. */
export type ActivityShown =
  | { at: "reading" }
  | { at: "none" }
  | { at: "damaged" }
  | { at: "no-key" }
  | { at: "failed"; error: unknown }
  | { at: "page"; entries: readonly AuditEntry[]; next: number | undefined };

export type LogSelection = Pick<AuditExportOptions, "key" | "operation" | "error" | "done" | "from" | "to" | "log">;

export class ActivityModel {
  readonly #scope: Scope;
  readonly #keyNames: KeyNames;
  readonly #files: FilesModel;
  readonly #factors: FactorsModel;
  readonly #shown = signal<ActivityShown>({ at: "reading" });
  readonly #state = signal<AuditState | undefined>(undefined);
  readonly #keys = signal<readonly VaultKey[]>([]);
  #query: ActivityQuery = {};

  constructor(scope: Scope, files: FilesModel, factors: FactorsModel) {
    this.#scope = scope;
    this.#files = files;
    this.#factors = factors;
    this.#keyNames = new KeyNames(scope.vault);
  }

  get shown(): ActivityShown {
    return this.#shown.value;
  }

  /** How the log stands; `undefined` until it was read, and where it has not begun. */
  get state(): AuditState | undefined {
    return this.#state.value;
  }

  /** The keys to choose from. */
  get keys(): readonly VaultKey[] {
    return this.#keys.value;
  }

  get names(): Names {
    return {
      key: (id) => this.#keyNames.alias(id),
      version: (id) => this.#keyNames.number(id),
      object: (id) => {
        const file = this.#files.fileOf(id);
        return file && nameOf(file);
      },
      factor: (id) => {
        const found = this.#factors.list?.find((one) => one.id === id);
        return found && (found.name === undefined ? `the ${kindName(found.kind)}` : quoted(found.name));
      },
    };
  }

  /** Shows these entries; those before stay until they are read. */
  async show(query: ActivityQuery): Promise<void> {
    this.#query = query;
    await this.read();
  }

  /** Reads what is shown again. */
  read(): Promise<void> {
    return this.#apply(this.#read(this.#query)).catch(this.#scope.fail);
  }

  /** @param note of a checkpoint that was kept elsewhere */
  async verify(note: string | undefined, stop: AbortSignal): Promise<AuditVerification> {
    return this.#scope.vault.audit.verify({ lastCheckpoint: note, signal: stop });
  }

  /** Saves the signed checkpoint as a file. */
  async saveCheckpoint(): Promise<void> {
    const { vault } = this.#scope;
    const { note, size } = await vault.audit.checkpoint();
    saveAs(new Blob([note], { type: "text/plain" }), `${vault.name}-log-${size}.checkpoint`);
    notify(`The checkpoint of ${counted(size, "entry", "entries")} is saved. Keep it where this browser cannot change it.`);
  }

  /** Saves entries as a file; the browser keeps what it has of it on the disk. */
  async save(options: AuditExportOptions): Promise<void> {
    const { vault } = this.#scope;
    const lines = await new Response(vault.audit.export(options)).blob();
    const extension = options.format === "ocsf" ? "ocsf.jsonl" : options.format;
    saveAs(lines, `${vault.name}-log.${extension}`);
    notify("The log is saved. The file proves nothing by itself: keep a checkpoint beside it.");
  }

  async stop(reason: string | undefined): Promise<void> {
    await this.#scope.vault.audit.stop({ reason });
    notify("The log is off. What is done from now on is not written.", { stays: true });
    await this.read();
  }

  /** @param failClosed whether nothing is done before its entry is written */
  async start(failClosed: boolean): Promise<void> {
    await this.#scope.vault.audit.start({ failClosed });
    notify(failClosed ? "Each entry is written before anything comes of it." : "The log is written.");
    await this.read();
  }

  async #read(query: ActivityQuery): Promise<() => void> {
    const { vault } = this.#scope;
    const known = await this.#keyNames.read();
    const state = await vault.audit.state();
    const shown = await this.#shownOf(query, state, known);
    return () =>
      batch(() => {
        this.#keys.value = this.#keyNames.all;
        this.#state.value = state;
        this.#shown.value = shown;
      });
  }

  async #shownOf(query: ActivityQuery, state: AuditState | undefined, known: ReadonlyMap<string, VaultKey>): Promise<ActivityShown> {
    if (!state) return { at: "none" };
    if (query.key !== undefined && !known.has(query.key)) return { at: "no-key" };
    const { audit } = this.#scope.vault;
    try {
      if (query.entries) return { at: "page", entries: await readEntries(audit, query.log, query.entries), next: undefined };
      const { entries, next } = await audit.page({ ...selectionOf(query), before: query.before, limit: PAGE });
      return { at: "page", entries, next };
    } catch (error) {
      if (!(error instanceof StrongroomError)) throw error;
      return error.code === "ERR_INTEGRITY" ? { at: "damaged" } : { at: "failed", error };
    }
  }

  readonly #apply = latest<() => void>((apply) => apply());
}

/** A query as the package takes it. */
export function selectionOf({ key, operation, outcome, from, to, log }: ActivityQuery): LogSelection & AuditPageQuery {
  return {
    key,
    operation,
    ...(outcome === "done" ? { done: true } : outcome && { error: outcome }),
    from: from === undefined ? undefined : midnight(from),
    to: to === undefined ? undefined : midnight(to, 1),
    log,
  };
}

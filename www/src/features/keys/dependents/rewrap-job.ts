/** Moves all files of a version under another one: their headers are rewrapped, their bodies stay. */

import { signal } from "@preact/signals";
import { TransferError } from "strongroom";
import type { StoredFile } from "strongroom/files";
import { explainFile, isAbort } from "../../../app/explain";
import { askingFactor, declinedRule } from "../../../app/factor-request";
import type { Scope } from "../../../app/scope";
import { counted } from "../../../ui/format";
import type { FilesModel } from "../../files/model";

export type RewrapState = "running" | "done" | "stopped";

export class RewrapJob {
  /** The version that the files are under. */
  readonly version: string;
  readonly #files: FilesModel;
  readonly #of: readonly StoredFile[];
  readonly #to: string;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #done = signal(0);
  readonly #state = signal<RewrapState>("running");
  readonly #outcome = signal("");

  /** @param to the id of the key that protects the files afterwards */
  constructor(scope: Scope, files: FilesModel, version: string, to: string) {
    this.#files = files;
    this.version = version;
    this.#of = files.under(version);
    this.#to = to;
    this.#signal = AbortSignal.any([this.#stop.signal, scope.signal]);
  }

  get total(): number {
    return this.#of.length;
  }

  get done(): number {
    return this.#done.value;
  }

  get state(): RewrapState {
    return this.#state.value;
  }

  /** The outcome in a sentence; empty while it runs. */
  get outcome(): string {
    return this.#outcome.value;
  }

  stop(): void {
    this.#stop.abort();
  }

  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const file of this.#of) {
      try {
        await askingFactor(() => this.#files.store.rewrap(file, { to: this.#to, signal: this.#signal }));
        this.#done.value++;
      } catch (error) {
        // Where nothing is answered, the others would wait for nothing; whoever presents no factor is not asked for each of them.
        const silent = error instanceof TransferError && error.status === undefined;
        if (silent || isAbort(error) || declinedRule(error)) return this.#endEarly(error);
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first === undefined) this.#end("done", `${counted(this.done, "file")} moved. Their bodies were not touched.`);
    else this.#end("stopped", `${counted(failures.length, "file")} could not be moved. The first: ${explainFile(first)}`);
  }

  #endEarly(error: unknown): void {
    const rest = this.done > 0 ? "Those stay moved; the others open as before." : "All of them open as before.";
    this.#end("stopped", `Stopped after ${this.done} of ${counted(this.total, "file")}.${whyEnded(error)} ${rest}`);
  }

  #end(state: RewrapState, outcome: string): void {
    this.#state.value = state;
    this.#outcome.value = outcome;
  }
}

/** What ended a job early, as a sentence after another one; empty where somebody stopped it. */
function whyEnded(error: unknown): string {
  if (isAbort(error)) return "";
  // That nothing was done is not so: some files may be moved.
  return declinedRule(error) ? " A policy asks for a factor, and none was presented." : ` ${explainFile(error)}`;
}

/** Rewraps the headers of all files of a version under another one, and replaces them at the store. */

import { signal } from "@preact/signals";
import type { TrackedObject } from "strongroom";
import { explain, isAbort } from "../../../app/explain";
import type { Scope } from "../../../app/scope";
import { withoutAsking } from "../../../remote/retry";
import { counted } from "../../../ui/format";
import { DetachedHeaders } from "./detached-headers";

export type RewrapState = "running" | "done" | "stopped";

export class RewrapJob {
  /** The version that the files are under. */
  readonly version: string;
  readonly #scope: Scope;
  readonly #objects: readonly TrackedObject[];
  readonly #to: string;
  readonly #stop = new AbortController();
  readonly #done = signal(0);
  readonly #state = signal<RewrapState>("running");
  readonly #outcome = signal("");

  private constructor(scope: Scope, version: string, objects: readonly TrackedObject[], to: string) {
    this.#scope = scope;
    this.version = version;
    this.#objects = objects;
    this.#to = to;
  }

  /** @param to the id of the key that protects the files afterwards */
  static async prepare(scope: Scope, from: { key: string; version: string }, to: string): Promise<RewrapJob> {
    return new RewrapJob(scope, from.version, await scope.vault.objects.list(from), to);
  }

  get total(): number {
    return this.#objects.length;
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
    const stop = AbortSignal.any([this.#stop.signal, this.#scope.signal]);
    const headers = new DetachedHeaders(withoutAsking(stop));
    const rewrapping = this.#scope.vault.rewrap(this.#objects, {
      to: this.#to,
      signal: stop,
      fetchHeader: (object) => headers.fetch(object),
      onProgress: ({ done }) => (this.#done.value = done),
    });
    try {
      const { done, failed, failures } = await rewrapping.run(({ source, header }) => headers.replace(source, header));
      const [first] = failures;
      if (!first) return this.#end("done", `${counted(done, "file")} moved. Their bodies were not touched.`);
      this.#end("stopped", `${counted(failed, "file")} could not be moved. The first: ${explain(first.error)}`);
    } catch (error) {
      const why = isAbort(error) ? "" : ` ${explain(error)}`;
      const moved = rewrapping.report.done;
      const rest = moved > 0 ? "These stay moved; the others open as before." : "All of them open as before.";
      this.#end("stopped", `Stopped after ${moved} of ${counted(this.total, "file")}.${why} ${rest}`);
    }
  }

  #end(state: RewrapState, outcome: string): void {
    this.#state.value = state;
    this.#outcome.value = outcome;
  }
}

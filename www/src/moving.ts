/** Moves files from one version to another: their headers are wrapped anew and stored in place of the old ones. */

import { signal, type Signal } from "@preact/signals";
import type { TrackedObject } from "strongroom";
import { explain, isAbort } from "./errors";
import { patiently, type Patience } from "./patience";
import { showAgain } from "./shown";
import { objects, vault } from "./state";
import { readHeader, replaceHeader, StoreError } from "./store";
import { counted } from "./time";

export interface Moving {
  /** The version that they are moved away from. */
  readonly version: string;
  readonly total: number;
  readonly done: Signal<number>;
  readonly state: Signal<"running" | "done" | "stopped">;
  /** What was not moved and why, or what came of all. */
  readonly sentence: Signal<string>;
  readonly stop: () => void;
}

/** The one that runs, or the last. */
export const moving = signal<Moving | undefined>(undefined);

/** Whether closing the page would stop something half-way. */
export function isMoving(): boolean {
  return moving.value?.state.value === "running";
}

export function stopMoving(): void {
  moving.value?.stop();
  moving.value = undefined;
}

/**
 * Moves all that depends on a version. Interrupted, it is begun again over what is left.
 *
 * @param to the id of the key under which they are afterwards
 */
export async function moveFiles(from: { key: string; version: string }, to: string): Promise<void> {
  const open = vault.value;
  if (!open) return;
  const under = await open.objects.list(from);
  const stop = new AbortController();
  const run: Moving = {
    version: from.version,
    total: under.length,
    done: signal(0),
    state: signal<"running" | "done" | "stopped">("running"),
    sentence: signal(""),
    stop: () => stop.abort(),
  };
  moving.value = run;
  const headers = new Headers({ signal: stop.signal, ask: (problem) => Promise.reject(problem) });
  const rewrapping = open.rewrap(under, {
    to,
    signal: stop.signal,
    fetchHeader: (object) => headers.fetch(object),
    onProgress: ({ done }) => (run.done.value = done),
  });
  try {
    const { done, failed, failures } = await rewrapping.run(({ source, header }) => headers.store(source, header));
    const [first] = failures;
    run.state.value = failed > 0 ? "stopped" : "done";
    run.sentence.value = first
      ? `${counted(failed, "file")} could not be moved. The first: ${explain(first.error)}`
      : `${counted(done, "file")} moved. No body was touched.`;
  } catch (error) {
    const why = isAbort(error) ? "" : ` ${explain(error)}`;
    run.state.value = "stopped";
    run.sentence.value = `Stopped after ${rewrapping.report.done} of ${counted(run.total, "file")}.${why} Those stay moved; the others open as before.`;
  }
  await showAgain();
}

/** Reads headers out of the store, and puts others in their place. */
class Headers {
  readonly #patience: Patience;
  /** Of what was read and not yet replaced, by location. */
  readonly #etags = new Map<string, string>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  async fetch({ location = "" }: TrackedObject): Promise<Uint8Array> {
    const stored = objects.value?.find(({ key }) => key === location);
    if (stored && stored.header === undefined) {
      throw new StoreError("It was stored in one piece with its header: encrypt it anew instead.", 0);
    }
    const { bytes, etag } = await patiently(
      () => readHeader(location, this.#patience.signal),
      this.#patience,
    );
    this.#etags.set(location, etag);
    return bytes;
  }

  async store({ location = "" }: TrackedObject, header: Uint8Array | undefined): Promise<void> {
    const etag = this.#etags.get(location);
    // The vault itself keeps a header that was not read here.
    if (!header || etag === undefined) return;
    const { signal: stop } = this.#patience;
    const put = (again: boolean) =>
      replaceHeader(location, etag, header, stop).catch((error: unknown) => {
        if (!again || !isReplaced(error)) throw error;
        return unlessOther(location, header, error);
      });
    await patiently(put, this.#patience);
    this.#etags.delete(location);
  }
}

const isReplaced = (error: unknown): boolean => error instanceof StoreError && error.status === 412;

/** What an earlier attempt stored though its answer was lost cannot be replaced by the old one's ETag. */
async function unlessOther(location: string, header: Uint8Array, error: unknown): Promise<void> {
  const { bytes } = await readHeader(location);
  const same = bytes.length === header.length && bytes.every((byte, at) => byte === header[at]);
  if (!same) throw error;
}

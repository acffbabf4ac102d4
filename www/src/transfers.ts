/** Files on their way: encrypted and uploaded, or downloaded and decrypted. */

import { signal, type Signal } from "@preact/signals";
import { explain, isAbort } from "./errors";
import { uploadParts } from "./multipart";
import { contextOf, refresh } from "./objects";
import { collect, saveAs } from "./save";
import { chosenKey, opened, tell, vault, type Vault } from "./state";
import { download, removeObject, send, type StoredObject } from "./store";

/** Above this, in bytes, an upload is made of parts; below, the whole ciphertext fits in memory. */
const MULTIPART_ABOVE = 16 * 1024 * 1024;

/** Transfers that run at the same time; more of them only share the same line. */
const RUNNING = 2;

export interface Transfer {
  readonly id: number;
  readonly direction: "up" | "down";
  readonly name: string;
  /** Bytes, of the plaintext going up and of the ciphertext coming down. */
  readonly size: number;
  readonly state: Signal<"waiting" | "running" | "failed">;
  /** Whole percents of bytes that went through the cipher. */
  readonly crypto: Signal<number>;
  /** Whole percents of bytes that reached the store; unused for downloads. */
  readonly sent: Signal<number>;
  readonly problem: Signal<string>;
  readonly start: () => void;
  readonly cancel: () => void;
  /** From the start, under a new key and name: a failed upload leaves nothing to go on with. */
  readonly retry: () => void;
}

type Work = (transfer: Transfer, stop: AbortSignal) => Promise<string>;

/** Waiting, running and failed ones; what is done stands in the list of objects. */
export const transfers = signal<readonly Transfer[]>([]);

let count = 0;

/** Encrypts and uploads; each file gets a name at the store that says nothing about it. */
export function uploadFiles(files: Iterable<File>): void {
  const open = vault.value;
  const alias = chosenKey.value;
  if (!open || !alias) return;
  for (const file of files) {
    add("up", file.name, file.size, async (transfer, stop) => {
      await upload(open, alias, file, transfer, stop);
      await refresh();
      return `“${file.name}” is encrypted and stored.`;
    });
  }
}

/** Downloads, decrypts and saves. */
export function downloadObject(object: StoredObject): void {
  const open = vault.value;
  const known = opened.value.get(object.key);
  if (!open || known?.kind !== "open") return;
  const name = known.metadata.name ?? object.key;
  add("down", name, object.size, async (transfer, stop) => {
    const plain = await openObject(open, object, stop, percent(transfer.crypto));
    saveAs(await collect(plain.stream()), name);
    return `“${name}” is decrypted and saved.`;
  });
}

/** A stored object, opened with the context that names it. */
export async function openObject(
  open: Vault,
  { key }: StoredObject,
  stop: AbortSignal,
  onProgress?: (progress: { done: number; total?: number | undefined }) => void,
) {
  const response = await download(key, stop);
  const context = contextOf(key);
  return open.decrypt(response, { context, signal: stop, ...(onProgress && { onProgress }) });
}

/** Whether closing the page would lose something. */
export function isBusy(): boolean {
  return transfers.value.some(({ state }) => state.value !== "failed");
}

/** Ends everything; a vault that locks takes its transfers with it. */
export function cancelAll(): void {
  const all = transfers.value;
  transfers.value = [];
  for (const transfer of all) transfer.cancel();
}

async function upload(
  open: Vault,
  alias: string,
  file: File,
  { crypto: encrypted, sent }: Transfer,
  stop: AbortSignal,
): Promise<void> {
  const key = newObjectKey();
  const onProgress = percent(encrypted);
  const options = { key: alias, context: contextOf(key), signal: stop, onProgress };
  const object = await open.encrypt(file, options);
  const total = object.size ?? file.size;
  const onSent = (done: number) => percent(sent)({ done, total });
  try {
    if (total > MULTIPART_ABOVE) {
      await uploadParts(key, object.stream(), total, stop, onSent);
    } else {
      await send({ action: "put", key }, await object.blob(), stop, onSent);
    }
    stop.throwIfAborted();
  } catch (error) {
    // What was cancelled, or failed on the way back, may have reached the store all the same.
    await removeObject(key).catch(() => undefined);
    throw error;
  } finally {
    object.close();
  }
}

function add(direction: "up" | "down", name: string, size: number, work: Work): void {
  const controller = new AbortController();
  const transfer: Transfer = {
    id: ++count,
    direction,
    name,
    size,
    state: signal<"waiting" | "running" | "failed">("waiting"),
    crypto: signal(0),
    sent: signal(0),
    problem: signal(""),
    start: () => void run(transfer, controller.signal, work),
    cancel: () => {
      controller.abort();
      remove(transfer);
    },
    retry: () => {
      remove(transfer);
      add(direction, name, size, work);
    },
  };
  transfers.value = [...transfers.value, transfer];
  startWaiting();
}

async function run(transfer: Transfer, stop: AbortSignal, work: Work): Promise<void> {
  transfer.state.value = "running";
  try {
    const done = await work(transfer, stop);
    remove(transfer);
    tell(done);
  } catch (error) {
    if (isAbort(error)) remove(transfer);
    else {
      transfer.problem.value = explain(error);
      transfer.state.value = "failed";
    }
  }
  startWaiting();
}

function startWaiting(): void {
  const inState = (state: string) => transfers.value.filter((one) => one.state.value === state);
  const free = Math.max(0, RUNNING - inState("running").length);
  for (const transfer of inState("waiting").slice(0, free)) transfer.start();
}

function remove(transfer: Transfer): void {
  transfers.value = transfers.value.filter((other) => other !== transfer);
  startWaiting();
}

/** Whole percents: a component is drawn again at most a hundred times. */
function percent(target: Signal<number>) {
  return ({ done, total }: { done: number; total?: number | undefined }): void => {
    target.value = total ? Math.min(100, Math.floor((done / total) * 100)) : 100;
  };
}

/** 128 random bits: never met twice, so an upload never finds its name taken. */
function newObjectKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = btoa(String.fromCharCode(...bytes));
  return `${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.srm`;
}

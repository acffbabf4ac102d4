/** What is done with files: encrypted and uploaded, downloaded and decrypted, encrypted anew. */

import type { EncryptedObject } from "strongroom";
import { noteTracked } from "./inventory";
import { addStored, contextOf, dropStored, forgetStored } from "./objects";
import { patiently, unlessStored, type Patience } from "./patience";
import { download, upload } from "./presigner";
import { saveAs } from "./save";
import { showAgain } from "./shown";
import { chosenKey, opened, vault, type Metadata, type Vault } from "./state";
import { cleanUp, readHeader, removeObject, writeHeader, type StoredObject } from "./store";
import { add, percent, transferOf, type Transfer, type Work } from "./transfers";

/** Encrypts and uploads; each file gets a name at the store that says nothing about it. */
export function uploadFiles(files: Iterable<File>): void {
  const open = vault.value;
  const key = chosenKey.value?.id;
  if (!open || !key) return;
  const made = Array.from(files, (file) =>
    transferOf("up", file.name, file.size, async (transfer, patience) => {
      const { name, type, size, lastModified: modified } = file;
      const encrypt = (options: Options) => open.encrypt(file, { ...options, key });
      await store(open, encrypt, { name, type, size, modified }, transfer, patience);
    }),
  );
  add(made);
}

/** Downloads, decrypts and saves. */
export function downloadObject(object: StoredObject): void {
  const open = vault.value;
  const known = opened.value.get(object.key);
  if (!open || known?.kind !== "open") return;
  const name = known.metadata.name ?? object.key;
  const work: Work = async (transfer, patience) => {
    const plain = await openObject(open, object, patience, percent(transfer.crypto));
    saveAs(await plain.blob({ type: "application/octet-stream" }), name);
  };
  add([transferOf("down", name, object.size, work)]);
}

/**
 * Downloads, encrypts under new keys of their own and uploads under new names, then removes the old ones.
 *
 * @param key the id of the key that protects them from then on
 */
export function encryptAnew(objects: readonly StoredObject[], key: string): void {
  const open = vault.value;
  if (!open) return;
  const made = objects.map((object) => {
    const known = opened.value.get(object.key);
    const metadata = known?.kind === "open" ? known.metadata : {};
    const work: Work = async (transfer, patience) => {
      const response = await download(object.key, patience);
      const from = { context: contextOf(object.key), header: await headerOf(object, patience) };
      const encrypt = (options: Options) => open.reencrypt(response, { ...options, key, from });
      const stored = await store(open, encrypt, metadata, transfer, patience);
      await checkHeader(open, stored, patience);
      void cleanUp(() => removeObject(object.key));
      await forgetStored(object.key);
      await showAgain();
    };
    return transferOf("anew", metadata.name ?? object.key, object.size, work);
  });
  add(made);
}

/** A stored object, opened with the context that names it. */
export async function openObject(
  open: Vault,
  object: StoredObject,
  patience: Patience,
  onProgress?: (progress: { done: number; total?: number | undefined }) => void,
) {
  const header = await headerOf(object, patience);
  const response = await download(object.key, patience);
  const { signal: stop } = patience;
  const context = contextOf(object.key);
  return open.decrypt(response, { context, header, signal: stop, ...(onProgress && { onProgress }) });
}

/** `undefined` where the body begins with it. */
export async function headerOf(
  { key, header }: StoredObject,
  patience: Patience,
): Promise<Uint8Array | undefined> {
  if (header === undefined) return undefined;
  return (await patiently(() => readHeader(key, patience.signal), patience)).bytes;
}

/** What became of an upload: its name at the store, and the object's id. */
interface Stored {
  key: string;
  id: string;
}

/** The new header is read back and opened before the old one goes. */
async function checkHeader(open: Vault, { key, id }: Stored, patience: Patience): Promise<void> {
  const { bytes: header } = await patiently(() => readHeader(key, patience.signal), patience);
  const options = { context: contextOf(key), header, expect: id };
  (await open.decrypt(new Uint8Array(), options)).close();
}

/** What every upload is encrypted with. */
interface Options {
  context: Record<string, string>;
  detached: true;
  signal: AbortSignal;
  onProgress: (progress: { done: number; total?: number | undefined }) => void;
}

/**
 * Stores what is encrypted: its body, then its header, without which the body is nothing; then the vault
 * takes note of it.
 */
async function store(
  open: Vault,
  encrypt: (options: Options) => Promise<EncryptedObject>,
  metadata: Metadata,
  { crypto: encrypted, sent, size }: Transfer,
  patience: Patience,
): Promise<Stored> {
  const key = newObjectKey();
  const { signal: stop } = patience;
  const onProgress = percent(encrypted);
  const object = await encrypt({ context: contextOf(key), detached: true, signal: stop, onProgress });
  const total = object.size ?? size;
  const { id, header } = object;
  try {
    const tell = percent(sent);
    await upload(key, object, patience, (done) => tell({ done, total }));
    stop.throwIfAborted();
    const write = () => writeHeader(key, header, stop);
    await patiently((again) => write().catch(unlessStored(again)), patience);
    stop.throwIfAborted();
    await object.track({ location: key });
    await noteTracked(open, id);
    addStored({ key, size: total, modified: new Date().toISOString(), header: header.length }, id, metadata);
    return { key, id };
  } catch (error) {
    // What was cancelled, or failed on the way back, may have reached the store all the same.
    void cleanUp(() => removeObject(key)).finally(() => dropStored(key));
    throw error;
  } finally {
    object.close();
  }
}

/** 128 random bits: never met twice, so an upload never finds its name taken. */
function newObjectKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = btoa(String.fromCharCode(...bytes));
  return `${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.srm`;
}

/** Opens stored objects with an unlocked vault. */

import type { FileMetadata, Vault } from "strongroom";
import { readHeader, type StoredObject } from "../../remote/api";
import { readStart } from "../../remote/object-start";
import { download } from "../../remote/presigner";
import { withRetries, type RetryPolicy } from "../../remote/retry";

/** Binds an object to its name at the store, so that the store cannot return another one in its place. */
export function contextOf(key: string): Record<string, string> {
  return { app: "strongroom-demo", object: key };
}

/** Downloads and decrypts. */
export async function openObject(
  vault: Vault,
  object: StoredObject,
  policy: RetryPolicy,
  onProgress?: (progress: { done: number; total?: number | undefined }) => void,
) {
  const header = await detachedHeader(object, policy);
  const response = await download(object.key, policy);
  const { signal } = policy;
  const context = contextOf(object.key);
  return vault.decrypt(response, { context, header, signal, ...(onProgress && { onProgress }) });
}

/** The header beside the body; `undefined` where the body begins with it. */
export async function detachedHeader(
  { key, header }: StoredObject,
  policy: RetryPolicy,
): Promise<Uint8Array | undefined> {
  if (header === undefined) return undefined;
  return (await withRetries(() => readHeader(key, policy.signal), policy)).bytes;
}

/** The header, detached or attached, as `vault.track` takes it. */
export async function readFront(object: StoredObject): Promise<Uint8Array> {
  const { header, detached, bytes } = await readStart(object);
  return detached && header ? header : bytes;
}

/** Opens a header alone: the vault opens it before it reads the body, so the body may be missing here. */
export async function openHeader(
  vault: Vault,
  { key, header }: StoredObject,
  front: Uint8Array,
): Promise<{ id: string; metadata: FileMetadata }> {
  const context = contextOf(key);
  const plain =
    header === undefined
      ? await vault.decrypt(front, { context })
      : await vault.decrypt(new Uint8Array(), { context, header: front });
  try {
    return { id: plain.id, metadata: plain.metadata ?? {} };
  } finally {
    plain.close();
  }
}

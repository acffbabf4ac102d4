/** Uploads and downloads of bodies, by URLs that the server signs. */

import type { EncryptedObject } from "strongroom";
import {
  downloadFromS3,
  openFromS3,
  uploadToS3,
  type DownloadPresigner,
  type Patience,
  type StoredObjectParts,
  type UploadPresigner,
  type UploadProgress,
} from "strongroom/s3";
import { perform, presign } from "./api";
import type { RetryPolicy } from "./retry";
import { fromTransfer, StoreError } from "./store-error";

/** Uploads an object's body under `key`; `onSent` receives the number of bytes sent so far. */
export async function upload(
  key: string,
  object: EncryptedObject,
  policy: RetryPolicy,
  onSent: (bytes: number) => void,
): Promise<void> {
  const onProgress = ({ done, sending }: UploadProgress) => onSent(done + sending);
  await uploadToS3(object, presigner(key), { ...retryOptions(policy), concurrency: 2, onProgress });
}

/** Downloads the body stored under `key`. */
export function download(key: string, policy: RetryPolicy): Promise<Response> {
  return downloadFromS3(presigner(key), retryOptions(policy));
}

/** Opens the body stored under `key` for reading parts of it, by URLs that are renewed. */
export function openParts(key: string, policy: RetryPolicy): Promise<StoredObjectParts> {
  return openFromS3(presigner(key), retryOptions(policy));
}

function retryOptions({ signal, ask }: RetryPolicy): Patience {
  return { signal, retries: 4, onInterrupted: (error) => ask(fromTransfer(error)) };
}

function presigner(key: string): UploadPresigner & DownloadPresigner {
  const attempted = new Set<number>();
  return {
    get: () => presign({ action: "get", key }),
    put: () => presign({ action: "put", key }),
    create: () => presign({ action: "multipart-create", key }),
    part: async (id, part) => {
      const action = { action: "multipart-part", key, upload: id, part } as const;
      // The answer to a refused part may be lost when the store closes the connection while bytes are sent.
      // An empty part gets its answer; the real part then replaces it.
      if (attempted.has(part)) await perform(action, { body: new Blob() }).catch(throwIfDropped);
      attempted.add(part);
      return presign(action);
    },
    complete: (id) => presign({ action: "multipart-complete", key, upload: id }),
    abort: (id) => presign({ action: "multipart-abort", key, upload: id }),
  };
}

/** A refusal in the middle of an upload means that the store has aborted it and dropped the parts. */
function throwIfDropped(error: unknown): never {
  const denied = error instanceof StoreError && (error.status === 403 || error.status === 404);
  if (denied) throw new StoreError("The store has dropped what was sent.", 410, error);
  throw error;
}

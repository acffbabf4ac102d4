/** Bytes to the store and back, by URLs that the server signs. */

import type { EncryptedObject } from "strongroom";
import {
  downloadFromS3,
  uploadToS3,
  type DownloadPresigner,
  type Patience as Persistence,
  type UploadPresigner,
  type UploadProgress,
} from "strongroom/s3";
import { fromTransfer } from "./errors";
import type { Patience } from "./patience";
import { perform, presign, StoreError } from "./store";

/** Uploads an object's body under `key`; `onSent` is told the bytes that have left so far. */
export async function upload(
  key: string,
  object: EncryptedObject,
  patience: Patience,
  onSent: (bytes: number) => void,
): Promise<void> {
  const onProgress = ({ done, sending }: UploadProgress) => onSent(done + sending);
  await uploadToS3(object, presigner(key), { ...persistence(patience), concurrency: 2, onProgress });
}

/** The body that is stored under `key`. */
export function download(key: string, patience: Patience): Promise<Response> {
  return downloadFromS3(presigner(key), persistence(patience));
}

function persistence({ signal, ask }: Patience): Persistence {
  return { signal, retries: 4, onInterrupted: (error) => ask(fromTransfer(error)) };
}

function presigner(key: string): UploadPresigner & DownloadPresigner {
  const tried = new Set<number>();
  return {
    get: () => presign({ action: "get", key }),
    put: () => presign({ action: "put", key }),
    create: () => presign({ action: "multipart-create", key }),
    part: async (id, part) => {
      const action = { action: "multipart-part", key, upload: id, part } as const;
      // A refusal may be lost in the connection that is closed upon it while bytes are sent: without any it
      // is heard. What follows takes this part's place.
      if (tried.has(part)) await perform(action, { body: new Blob() }).catch(tellDropped);
      tried.add(part);
      return presign(action);
    },
    complete: (id) => presign({ action: "multipart-complete", key, upload: id }),
    abort: (id) => presign({ action: "multipart-abort", key, upload: id }),
  };
}

/** An upload that a store denies all of a sudden it has given up: what was sent is gone. */
function tellDropped(error: unknown): never {
  const denied = error instanceof StoreError && (error.status === 403 || error.status === 404);
  if (denied) throw new StoreError("The store has dropped what was sent.", 410, error);
  throw error;
}

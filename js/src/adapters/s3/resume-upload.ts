/** Uploads in parts that are resumed where the store stopped. */
import type { EncryptedObject } from "../../page/objects/encrypted-object.js";
import type { Part } from "../../page/objects/upload-parts.js";
import { remembered } from "../../page/uploads/uploader-note.js";
import { withMethods } from "../../shared/options.js";
import { checkedAbort } from "./checked-presigner.js";
import { listParts } from "./list-parts.js";
import { abortUpload, createUpload } from "./multipart.js";
import type { ListedPart, StoredPart, UploadPresigner } from "./presigner.js";
import type { Attempts } from "./retry.js";

/** What is remembered of an upload, in the object's note. @internal */
export interface BegunUpload {
  upload: string;
  /** Bytes of each part but the last. */
  partSize: number;
}

/** What was remembered, if that was done by this uploader. @internal */
export const begunBefore = (object: EncryptedObject): BegunUpload | undefined => remembered(object, "s3");

/** Begins an upload, and remembers it with the object where that can be resumed. @internal */
export async function beginUpload(
  object: EncryptedObject,
  partSize: number,
  presigner: UploadPresigner,
  patience: Attempts,
): Promise<string> {
  const upload = await createUpload(object.size, presigner, patience);
  const s3: BegunUpload = { upload, partSize };
  try {
    if (object.resumable) await object.remember(JSON.stringify({ s3 }));
    return upload;
  } catch (error) {
    // Nobody else knows of it.
    await abortUpload(upload, presigner);
    throw error;
  }
}

/**
 * The parts that the store has of an upload that was begun before, but the last, which is always sent: it shows that
 * the object ends there. Nothing where the store does not know the upload any more. @internal
 */
export async function storedBefore(
  { upload, partSize }: BegunUpload,
  count: number,
  presigner: UploadPresigner,
  patience: Attempts,
): Promise<ListedPart[] | undefined> {
  const listed = await listParts(upload, presigner, patience);
  return listed?.filter(({ number, size }) => number < count && size === partSize);
}

/** The parts of an object that are not stored, each made when it is asked for. @internal */
export async function* missing(
  object: EncryptedObject,
  partSize: number,
  stored: readonly StoredPart[],
): AsyncGenerator<Part, void> {
  const there = new Set(stored.map(({ number }) => number));
  for (let number = 1, last = false; !last; number++) {
    if (there.has(number)) continue;
    for await (const part of object.parts({ size: partSize, from: number })) {
      yield part;
      ({ number, last } = part);
      if (there.has(number + 1)) break;
    }
  }
}

/** Abandons an upload that could be resumed: the store drops what it has, and the vault forgets it. The object is closed. */
export async function abandonUpload(object: EncryptedObject, presigner: Pick<UploadPresigner, "abort">): Promise<void> {
  withMethods(object, "the object", ["forget", "close"]);
  withMethods(presigner, "the presigner", ["abort"]);
  const begun = begunBefore(object);
  if (begun) await abortUpload(begun.upload, checkedAbort(presigner));
  await object.forget();
  await object.close();
}

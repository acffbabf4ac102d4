/** What uploaders remember with an object, each under a name of its own. */
import type { EncryptedObject } from "../objects/encrypted-object.js";

/** What that uploader remembered; nothing where another uploader wrote the note. @internal */
export function remembered<T>({ note }: EncryptedObject, by: "s3" | "tus"): T | undefined {
  try {
    return (JSON.parse(note ?? "{}") as Record<string, T | undefined> | null)?.[by];
  } catch {
    return undefined;
  }
}

/** Reading Blobs, of any class. */
import type { Bytes } from "./bytes.js";

/** jsdom's Blobs had no `arrayBuffer` before its release 27; its `FileReader` reads them. @internal */
export async function bytesOfBlob(blob: Blob): Promise<Bytes> {
  const read = typeof blob.arrayBuffer === "function" ? () => blob.arrayBuffer() : () => readByFileReader(blob);
  return new Uint8Array(await read());
}

/** Rejects with the File API's own reason, where the other ways to read do not. @internal */
export function readByFileReader(blob: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result as ArrayBuffer));
    reader.addEventListener("error", () => reject(reader.error as DOMException));
    reader.readAsArrayBuffer(blob);
  });
}

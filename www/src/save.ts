/** Hands bytes to the browser's downloads. */
export function saveAs(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own reference after the click was handled; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Bytes gathered before they become a Blob, which the browser keeps outside the page's memory. */
const GATHERED = 16 * 1024 * 1024;

/** A stream as one Blob, without ever holding all of it in the page's memory. */
export async function collect(stream: ReadableStream<Uint8Array>): Promise<Blob> {
  const blobs: Blob[] = [];
  let held: Uint8Array[] = [];
  let length = 0;
  const fold = () => {
    blobs.push(new Blob(held as BlobPart[]));
    [held, length] = [[], 0];
  };
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    held.push(value);
    length += value.length;
    if (length >= GATHERED) fold();
  }
  fold();
  return new Blob(blobs, { type: "application/octet-stream" });
}

/** Inputs, as they crossed. */
import type { PageCalls, WireInput } from "../protocol.js";
import type { Peer } from "../rpc.js";
import { BlobReader } from "./blob-reader.js";
import { Exact, type Chunks, type Reader } from "./reader.js";

export function openInput(input: WireInput, page: Peer<PageCalls>): Reader {
  switch (input.kind) {
    case "blob":
      return new BlobReader(input.blob);
    case "bytes":
      return new Exact(once(input.bytes));
    case "pull":
      return new Exact({ read: (most) => page.call("read", input.source, most), cancel: () => {} });
  }
}

/** Bytes of the input, where that is known before it is read. */
export function inputSize(input: WireInput): number | undefined {
  if (input.kind === "blob") return input.blob.size;
  return input.kind === "bytes" ? input.bytes.byteLength : input.size;
}

function once(bytes: Uint8Array<ArrayBuffer>): Chunks {
  let rest: Uint8Array<ArrayBuffer> | undefined = bytes;
  return {
    read: () => {
      const now = rest;
      rest = undefined;
      return Promise.resolve(now);
    },
    cancel: () => {
      rest = undefined;
    },
  };
}

/** Inputs, as they crossed. */
import type { Bytes } from "../../shared/bytes.js";
import { InputError } from "../../shared/errors/index.js";
import { isUint8Array } from "../../shared/kinds.js";
import type { WireInput } from "../../shared/protocol/body-calls.js";
import type { PageCalls } from "../../shared/protocol/page-calls.js";
import type { Peer } from "../../shared/rpc/peer.js";
import { BlobReader } from "./blob-reader.js";
import { ExactReader } from "./exact-reader.js";
import type { Chunks, Reader } from "./reader.js";

export function openInput(input: WireInput, page: Peer<PageCalls>): Reader {
  switch (input.kind) {
    case "blob":
      return new BlobReader(input.blob);
    case "bytes":
      return new ExactReader(chunkOf(input.bytes));
    case "pull":
      return new ExactReader({ read: async (most) => pieceOf(await page.call("read", input.source, most)), cancel: () => {} });
    case "again":
      return new ExactReader(fromBeginning(input.source, page));
  }
}

/** What a page reads again from its beginning once it is asked for no bytes: before the first ones. */
function fromBeginning(source: number, page: Peer<PageCalls>): Chunks {
  let begun = false;
  return {
    read: async (most) => {
      if (!begun) await page.call("read", source, 0);
      begun = true;
      return pieceOf(await page.call("read", source, most));
    },
    cancel: () => {},
  };
}

/** Bytes of the input, where that is known before it is read. */
export function inputSize(input: WireInput): number | undefined {
  if (input.kind === "blob") return input.blob.size;
  return input.kind === "bytes" ? input.bytes.byteLength : input.size;
}

/** A view's page may answer anything. */
function pieceOf(read: Bytes | undefined): Bytes | undefined {
  if (read === undefined || isUint8Array(read)) return read;
  throw new InputError("what reads the input must give a Uint8Array");
}

function chunkOf(bytes: Uint8Array<ArrayBuffer>): Chunks {
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

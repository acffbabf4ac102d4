/** Signatures of contents: read where the wasm is, piece by piece, and never held. */
import { aborted } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { ChangedError } from "../../shared/errors/index.js";
import type { VerifiedFile } from "../../shared/model/verified-file.js";
import type { WireInput } from "../../shared/protocol/body-calls.js";
import type { VaultCalls } from "../../shared/protocol/vault-calls.js";
import { inputSize } from "../readers/open-input.js";
import { ReadAhead } from "../readers/read-ahead.js";
import type { Reader } from "../readers/reader.js";
import type { WasmContent, WasmVault, Watch } from "../wasm/bindings.js";

/** What reading and signing need of the engine. */
interface ContentPorts {
  open(input: WireInput): Reader;
  content(): Promise<WasmContent>;
  operate<T>(operation: (vault: WasmVault) => Promise<T>): Promise<T>;
  watch<T>(watch: number | undefined, call: (watch?: Watch) => Promise<T>): Promise<T>;
}

/** Bytes that are hashed at once. */
const HASHED = 1024 * 1024;

export function contentSignatures({ open, content, operate, watch }: ContentPorts): Pick<VaultCalls, "signContent" | "verifyContent"> {
  return {
    signContent: (input, key, reason, number) =>
      watch(number, async (watching) => {
        // Before what may be gigabytes is read.
        await operate((vault) => vault.checkSigns(key, reason));
        const signed = await content();
        try {
          await readWhole(open(input), inputSize(input), (piece) => signed.update(piece), watching);
          return await operate((vault) => vault.signContent(key, signed, reason));
        } finally {
          signed.free();
        }
      }),
    verifyContent: (token, input, key, reason, number) =>
      watch(number, async (watching) => {
        const check = await operate((vault) => vault.verifyContent(token, key, reason));
        try {
          const size = inputSize(input);
          if (size !== undefined) check.expectSize(size);
          await readWhole(open(input), size, (piece) => check.update(piece), watching);
          return check.finish() as VerifiedFile;
        } finally {
          check.free();
        }
      }),
  };
}

/** Reads to the end. A call that is to stop ends by an error: what was cut short has no end. */
async function readWhole(
  reader: Reader,
  size: number | undefined,
  update: (piece: Bytes) => void,
  watch: Watch = () => false,
): Promise<void> {
  const input = new ReadAhead(reader, HASHED, HASHED);
  try {
    for (let done = 0; ; ) {
      const piece = await input.read();
      done += piece?.byteLength ?? 0;
      if (watch(done, piece ? size : done)) throw aborted(undefined);
      if (!piece && size !== undefined && done !== size) throw new ChangedError("the input changed its size while it was read; choose it again");
      if (!piece) return;
      update(piece);
      input.reuse(piece);
    }
  } finally {
    reader.cancel();
  }
}

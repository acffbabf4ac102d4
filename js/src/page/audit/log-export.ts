/** The audit log as a file for other systems. */
import { abortable, aborted, report } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, asStrongroomError } from "../../shared/errors/index.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { AuditRequest, AuditSlice } from "../../shared/protocol/vault-calls.js";
import { check, type Check } from "../../shared/options.js";
import { utf8 } from "../../shared/text.js";
import type { UseEngine } from "../runtime/connection.js";
import { loadLazily } from "../runtime/lazy-scripts.js";
import type { AuditQuery } from "./audit-query.js";
import type { AuditFormat, LineFormat } from "./export-formats.js";
import { toldEntry } from "./told-entry.js";

/** Which entries are written, and how. `onProgress` counts entries that were looked at. */
export interface AuditExportOptions extends AuditQuery, OperationOptions {
  /** `jsonl`: JSON Lines; `ocsf`: events of OCSF 1.8, a JSON text in each line; `csv`: RFC 4180; `cef`: ArcSight's Common Event Format. */
  format: AuditFormat;
  /** `true`: with the reasons that were given. Those are texts of people, and can say more than is meant for others. */
  reasons?: boolean | undefined;
}

/** All that it says of a format. */
const NAMES: readonly string[] = ["jsonl", "ocsf", "csv", "cef"] satisfies AuditFormat[];
/** Entries that are looked at for a chunk: it has some 400 KiB. */
const ENTRIES_IN_CHUNK = 1000;

/** @internal */
export const checkFormat: Check = (value, name) => {
  if (NAMES.includes(check.name(value, name) as string)) return value;
  throw new ArgumentError(`${name} must be one of ${NAMES.join(", ")}`);
};

/** What is read, and how it is written. @internal */
export interface LogExport {
  readonly vault: string;
  readonly format: AuditFormat;
  readonly reasons: boolean;
  readonly options: OperationOptions;
  /** Looks the key up. */
  readonly request: () => Promise<AuditRequest>;
}

/** Lines in chunks, each read when it is asked for. @internal */
export function exportStream(use: UseEngine, wanted: LogExport): ReadableStream<Bytes> {
  const { signal, onProgress } = wanted.options;
  let cancelled = false;
  const reading = readLines(use, wanted, signal, (done, total) => report(onProgress, { done, total }));
  let stream: ReadableStreamDefaultController<Bytes>;
  const stop = (): void => stream.error(aborted(signal));
  const end = (): void => signal?.removeEventListener("abort", stop);
  return new ReadableStream<Bytes>(
    {
      start: (controller) => {
        stream = controller;
        if (signal?.aborted) stop();
        else signal?.addEventListener("abort", stop);
      },
      pull: async (controller) => {
        try {
          const { value } = await reading.next();
          // It was aborted or cancelled meanwhile.
          if (signal?.aborted || cancelled) return;
          if (value) return controller.enqueue(value);
          end();
          controller.close();
        } catch (error) {
          end();
          throw asStrongroomError(error);
        }
      },
      cancel: async () => {
        end();
        cancelled = true;
        await reading.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Chunks that have something in them: an entry that is not asked for leaves no trace. */
async function* readLines(
  use: UseEngine,
  { vault, format, reasons, request }: LogExport,
  signal: AbortSignal | undefined,
  tell: (done: number, total: number) => void,
): AsyncGenerator<Bytes, undefined, undefined> {
  const { LINE_FORMATS } = await loadLazily(() => import("./export-formats.js"), "writes files of the audit log");
  const { header, line }: LineFormat = LINE_FORMATS[format];
  const asked = await abortable(signal, request);
  let { log } = asked;
  let front = header;
  for (let first = 0; ; ) {
    const at = first;
    const slice: AuditSlice = await abortable(signal, () => use().peer.call("readAudit", { ...asked, ...(log !== undefined && { log }), limit: ENTRIES_IN_CHUNK }, at));
    // Another log may begin before the next page is read.
    log = slice.log;
    const text = front + slice.entries.map((entry) => line(toldEntry({ vault, log: slice.log, device: slice.device }, entry, reasons))).join("");
    front = "";
    tell(slice.next ?? slice.size, slice.size);
    if (text !== "") yield utf8(text);
    if (slice.next === undefined) return undefined;
    first = slice.next;
  }
}

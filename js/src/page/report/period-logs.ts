/** What the logs of a vault say of a period, and what they cannot say. */
import { abortable } from "../../shared/async.js";
import { asStrongroomError } from "../../shared/errors/index.js";
import type { AuditEntry, AuditFault, AuditState, AuditVerification } from "../../shared/model/audit-entry.js";
import type { CallEngine } from "../runtime/connection.js";
import { LogTally } from "./log-tally.js";
import { logSlices, unlessUntrue, type UnreadEntries } from "./log-slices.js";

/** A log that was verified, and read from its beginning. */
export interface PeriodLog {
  readonly log: string;
  readonly device: string | undefined;
  /** How many entries the vault accounts for, and how many of them, from the first on, are intact. */
  readonly size: number;
  readonly root: string;
  readonly intact: number;
  /** So many of these, the first ones, were cut by a retention: they are accounted for by their tree alone. */
  readonly cut: number;
  readonly fault: AuditFault | undefined;
  /** The times of the first and the last entry that were read. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly unread: readonly UnreadEntries[];
}

/** A time in which nothing was written; `to` is `undefined` while it lasts. */
export interface LogPause {
  readonly log: string;
  readonly from: number;
  readonly to: number | undefined;
}

export interface LogsOfPeriod {
  readonly state: "written" | "stopped" | "none";
  /** The earliest first. */
  readonly logs: readonly PeriodLog[];
  /** The log before the earliest of them, which is not in this vault or cannot be found. */
  readonly before: { readonly log: string; readonly size: number } | undefined;
  /** Whether the first entry of the earliest log could not be read: which log was before it is not known. */
  readonly unknownBefore: boolean;
  /** Whether the vault was made with the earliest log. */
  readonly created: boolean;
  readonly pauses: readonly LogPause[];
  /** How many entries are in memory alone, because the store takes none. */
  readonly waiting: number;
  readonly tally: LogTally;
}

export interface ReportPeriod {
  readonly from: number;
  readonly to: number;
}

/** A log, and how many entries it was left with. */
interface NamedLog {
  readonly log: string;
  readonly size: number;
}

interface LogChain extends Pick<LogsOfPeriod, "before" | "unknownBefore"> {
  /** The earliest first. */
  readonly chain: readonly NamedLog[];
}

/** @param tell how many entries were read, of how many */
export async function logsOf(
  call: CallEngine,
  period: ReportPeriod,
  signal: AbortSignal | undefined,
  tell: (done: number, total: number) => void,
): Promise<LogsOfPeriod> {
  const { state, waiting } = await currentLog(call, signal);
  const walk = new LogWalk(period);
  if (!state) return { state: "none", logs: [], before: undefined, unknownBefore: false, waiting, ...walk.found() };
  const { chain, before, unknownBefore } = await logChain(call, { log: state.log, size: state.size + state.waiting - waiting }, signal);
  const total = chain.reduce((sum, { size }) => sum + size, 0);
  const logs: PeriodLog[] = [];
  let done = 0;
  for (const named of chain) {
    const begun = done;
    logs.push(await walk.read(call, named, signal, (read) => tell(begun + Math.min(read, named.size), total)));
    done += named.size;
  }
  walk.end(state.stopped);
  return { state: state.stopped ? "stopped" : "written", logs, before, unknownBefore, waiting, ...walk.found() };
}

type VerifiedLog = Pick<AuditVerification, "size" | "root" | "intact" | "fault" | "cut">;

const UNWRITABLE: ReadonlySet<string> = new Set(["ERR_STORAGE", "ERR_QUOTA"]);
/** Whether the store took nothing: the entries that it was to take wait on. */
export const isUnwritable = (thrown: unknown): boolean => UNWRITABLE.has(asStrongroomError(thrown).code);

/** The log that is written, and how many entries the store did not take. */
interface CurrentLog extends Pick<LogsOfPeriod, "waiting"> {
  readonly state: AuditState | undefined;
}

/** Once the entries that wait are written: a copy's own log begins with its first ones. */
async function currentLog(call: CallEngine, signal: AbortSignal | undefined): Promise<CurrentLog> {
  const written = await wroteEntries(call, signal);
  const { state } = await abortable(signal, () => call("auditState"));
  // What began to wait after they were written came after the report was begun.
  return { state, waiting: written ? 0 : (state?.waiting ?? 0) };
}

/** Whether the store took the entries that wait. Those that it does not take wait on, and what is there is read. */
async function wroteEntries(call: CallEngine, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await abortable(signal, () => call("flushAudit"));
    return true;
  } catch (thrown) {
    if (isUnwritable(thrown)) return false;
    throw thrown;
  }
}

/** From the log that is written back to the first one that the vault has. */
async function logChain(call: CallEngine, written: NamedLog, signal: AbortSignal | undefined): Promise<LogChain> {
  const chain: NamedLog[] = [];
  const known = new Set<string>();
  for (let at = written; ; ) {
    let first: AuditEntry | undefined;
    try {
      const page = await unlessUntrue(signal, () => call("queryAudit", { log: at.log, before: 1, limit: 1 }));
      first = page?.entries[0];
      if (page && page.first > 0) {
        // It was cut, and the logs before it went.
        chain.unshift(at);
        return { chain, before: undefined, unknownBefore: false };
      }
    } catch (thrown) {
      // A copy has no entries of the log that it was copied with.
      if (at === written || asStrongroomError(thrown).code !== "ERR_ARGUMENT") throw thrown;
      return { chain, before: at, unknownBefore: false };
    }
    if (!first && at !== written && !(await opensAt(call, at, signal))) return { chain, before: at, unknownBefore: false };
    chain.unshift(at);
    known.add(at.log);
    if (!first) return { chain, before: undefined, unknownBefore: true };
    const after = first.begins?.after;
    if (!after || known.has(after.log)) return { chain, before: undefined, unknownBefore: false };
    at = { log: after.log, size: after.size };
  }
}

/** Whether the last entry of a log is there: of one whose first is not. */
async function opensAt(call: CallEngine, { log, size }: NamedLog, signal: AbortSignal | undefined): Promise<boolean> {
  const last = Math.max(0, size - 1);
  return (await unlessUntrue(signal, () => call("readAudit", { log, limit: 64 }, last))) !== undefined;
}

/** A log's first entry is written with the second one, which may have begun before. */
function startOfLog([first, second]: readonly AuditEntry[]): number | undefined {
  return first && Math.min(first.at, second?.at ?? first.at);
}

/** Goes through logs, the earliest first. */
class LogWalk {
  readonly #period: ReportPeriod;
  readonly #tally = new LogTally();
  readonly #pauses: LogPause[] = [];
  #created = false;
  /** The stop after which nothing was written yet. */
  #stop: LogPause | undefined;

  constructor(period: ReportPeriod) {
    this.#period = period;
  }

  async read(call: CallEngine, { log, size: expected }: NamedLog, signal: AbortSignal | undefined, tell: (read: number) => void): Promise<PeriodLog> {
    const verified = await unlessUntrue(signal, () => call("verifyAudit", undefined, log, []));
    const { size, root, intact, fault, cut }: VerifiedLog = verified ?? { size: expected, root: "", intact: 0, fault: "entries" };
    let device: string | undefined;
    let [first, last]: (number | undefined)[] = [];
    const unread: UnreadEntries[] = [];
    for await (const slice of logSlices(call, { log, size, intact, cut: cut?.size ?? 0 }, signal)) {
      tell(slice.to);
      if (!("entries" in slice)) {
        unread.push(slice);
        continue;
      }
      device ??= slice.device;
      for (const entry of slice.entries) this.#take(log, entry);
      first ??= startOfLog(slice.entries);
      last = slice.entries.at(-1)?.at ?? last;
    }
    return { log, device, size, root, intact, cut: cut?.size ?? 0, fault, first, last, unread };
  }

  /** All logs were read. */
  end(stopped: boolean): void {
    if (this.#stop && stopped) this.#pauses.push(this.#stop);
  }

  found(): Pick<LogsOfPeriod, "created" | "pauses" | "tally"> {
    const { from, to } = this.#period;
    const within = this.#pauses.filter((pause) => pause.from < to && (pause.to === undefined || pause.to > from));
    return { created: this.#created, pauses: within, tally: this.#tally };
  }

  #take(log: string, entry: AuditEntry): void {
    const { at, operation, error, begins } = entry;
    // A log that begins meanwhile is stopped too.
    if (this.#stop && !begins) {
      this.#pauses.push({ ...this.#stop, to: at });
      this.#stop = undefined;
    }
    if (operation === "stopAudit" && error === undefined) this.#stop = { log, from: at, to: undefined };
    if (operation === "create" && error === undefined) this.#created = true;
    if (at >= this.#period.from && at < this.#period.to) this.#tally.add(entry);
  }
}

/** The processes of a browser that a test started, and what is in their memory: from Linux's `/proc`. */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

/**
 * The renderers of the Chromium that runs on this profile, or the whole tree of its processes.
 *
 * @param {string} profile
 * @param {"renderer" | "browser"} what
 */
export function chromiumProcesses(profile, what) {
  const all = processes();
  const root = all.find(({ command }) => command.includes(`--user-data-dir=${profile}`) && !command.includes("--type="));
  if (!root) throw new Error("the browser is not running");
  const tree = [root];
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  const found = what === "browser" ? tree : tree.filter(({ command }) => command.includes("--type=renderer"));
  if (found.length === 0) throw new Error(`no ${what} runs`);
  return found.map(({ pid }) => pid);
}

/**
 * Bytes that this Chromium has resident, what its processes share counted once for each that shares it: the
 * largest renderer's, in which pages and their Workers live, and those of the process that keeps Blobs.
 *
 * @param {string} profile
 */
export function residentMemory(profile) {
  const [root = 0] = chromiumProcesses(profile, "browser");
  return { renderer: Math.max(...chromiumProcesses(profile, "renderer").map(resident)), browser: resident(root) };
}

/**
 * Milliseconds that all processes of the browser on this profile have computed so far, those that ended not counted.
 *
 * @param {string} profile
 */
export function processorTime(profile) {
  const all = processes();
  const tree = all.filter(({ command }) => command.includes(profile));
  for (const { pid } of tree) tree.push(...all.filter((one) => one.parent === pid && !tree.includes(one)));
  return tree.reduce((sum, { pid }) => sum + computed(pid), 0);
}

/** @param {number} pid */
function computed(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // utime and stime, in hundredths of a second (proc(5), fields 14 and 15).
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0; // It ended meanwhile.
  }
}

/** @param {number} pid */
function resident(pid) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0; // It ended meanwhile.
  }
}

/**
 * What a process has written into its memory, region by region: live or freed, of whichever thread.
 *
 * @param {number} pid
 * @returns {Generator<Buffer>}
 */
export function* writtenMemory(pid) {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const [from, to] of writableRegions(pid)) {
      const pieces = [];
      for (let at = from; at < to; at += PIECE) pieces.push(readPiece(memory, at, to));
      yield Buffer.concat(pieces);
    }
  } finally {
    closeSync(memory);
  }
}

/** Bytes read at once. Most of what a browser reserves was never touched and reads as zeros. */
const PIECE = 1n << 22n;
const UNTOUCHED = Buffer.alloc(Number(PIECE));

/** @param {number} pid */
function writableRegions(pid) {
  const lines = readFileSync(`/proc/${pid}/maps`, "utf8").trim().split("\n");
  const writable = lines.filter((line) => line.split(" ")[1]?.startsWith("rw"));
  return writable.map((line) => {
    const [from = "", to = ""] = (line.split(" ")[0] ?? "").split("-");
    return /** @type {const} */ ([BigInt(`0x${from}`), BigInt(`0x${to}`)]);
  });
}

/** @param {number} memory @param {bigint} from @param {bigint} end */
function readPiece(memory, from, end) {
  const length = Number(end - from < PIECE ? end - from : PIECE);
  const piece = Buffer.alloc(length);
  try {
    readSync(memory, piece, 0, length, from);
  } catch {
    return Buffer.alloc(0); // Given back meanwhile.
  }
  return piece.equals(UNTOUCHED.subarray(0, length)) ? Buffer.alloc(0) : piece;
}

/** What runs now. */
function processes() {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      // The command's name may hold blanks and parentheses: what follows its last one is regular.
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return [{ pid: Number(name), parent, command }];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

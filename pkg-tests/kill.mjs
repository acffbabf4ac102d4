/** The processes of a browser that a test started: ending them as a crash would, by SIGKILL, and measuring them. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills the renderers of the Chromium that runs on this profile, or the whole tree of its processes.
 *
 * @param {string} profile
 * @param {"renderer" | "browser"} what
 */
export function killChromium(profile, what) {
  const tree = processesOf(profile);
  const doomed = what === "browser" ? tree : tree.filter(isRenderer);
  if (doomed.length === 0) throw new Error(`no ${what} to kill`);
  for (const { pid } of doomed) kill(pid);
}

/**
 * Bytes that this Chromium has resident, what its processes share counted once for each that shares it: the
 * largest renderer's, in which pages and their Workers live, and those of the process that keeps Blobs.
 *
 * @param {string} profile
 */
export function residentMemory(profile) {
  const tree = processesOf(profile);
  const [root] = tree;
  return { renderer: Math.max(0, ...tree.filter(isRenderer).map(resident)), browser: root ? resident(root) : 0 };
}

/** @param {{ pid: number }} process */
function resident({ pid }) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0; // It ended meanwhile.
  }
}

const isRenderer = (/** @type {{ command: string }} */ { command }) => command.includes("--type=renderer");

/** The browser's process and all below it. @param {string} profile */
function processesOf(profile) {
  const all = processes();
  const root = all.find(({ command }) => command.includes(`--user-data-dir=${profile}`) && !command.includes("--type="));
  if (!root) throw new Error("the browser is not running");
  const tree = [root];
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** What runs now, from `/proc`. */
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

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

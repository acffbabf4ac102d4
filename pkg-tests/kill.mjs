/** Ending a browser as a crash would: by SIGKILL, and only processes of the browser that a test started. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills the renderers of the Chromium that runs on this profile, or the whole tree of its processes.
 *
 * @param {string} profile
 * @param {"renderer" | "browser"} what
 */
export function killChromium(profile, what) {
  const all = processes();
  const root = all.find(({ command }) => command.includes(`--user-data-dir=${profile}`) && !command.includes("--type="));
  if (!root) throw new Error("the browser is not running");
  const tree = [root];
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  const doomed = what === "browser" ? tree : tree.filter(({ command }) => command.includes("--type=renderer"));
  if (doomed.length === 0) throw new Error(`no ${what} to kill`);
  for (const { pid } of doomed) kill(pid);
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

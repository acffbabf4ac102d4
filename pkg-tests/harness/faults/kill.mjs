/** Ending a browser as a crash would: by SIGKILL, and only processes of the browser that a test started. */
import { chromiumProcesses } from "../browsers/processes.mjs";

/**
 * Kills the renderers of the Chromium that runs on this profile, or the whole tree of its processes.
 *
 * @param {string} profile
 * @param {"renderer" | "browser"} what
 */
export function killChromium(profile, what) {
  for (const pid of chromiumProcesses(profile, what)) kill(pid);
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

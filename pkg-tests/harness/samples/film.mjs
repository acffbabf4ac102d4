/** A film for the tests. */
import { execFileSync } from "node:child_process";

/** What it shows, one after the other. */
export const COLOURS = /** @type {const} */ (["red", "lime", "blue"]);
/** How long each, in seconds. */
export const SHOWN = 10;

/** Writes a WebM (VP9) of a few MB: noise makes it as large as a film. @param {string} path */
export function writeFilm(path) {
  const inputs = COLOURS.flatMap((colour) => ["-f", "lavfi", "-i", `color=${colour}:s=320x180:r=12:d=${SHOWN}`]);
  const joined = `concat=n=${COLOURS.length},noise=alls=30:allf=t`;
  const coded = ["-c:v", "libvpx-vp9", "-b:v", "1500k", "-deadline", "realtime", "-cpu-used", "8", "-g", "24"];
  execFileSync("ffmpeg", ["-v", "error", ...inputs, "-filter_complex", joined, ...coded, "-y", path]);
}

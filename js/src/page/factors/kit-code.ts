/** The QR code of a recovery kit. Loaded when one is asked for, with the package that computes it. */
import { encode } from "uqr";
import { escapedHtml } from "../../shared/html-text.js";

/** What a scanner needs around the code: four modules of light. */
const QUIET = 4;

/** A text as SVG: dark modules on light, whatever the page's colours are. @internal */
export function codeOf(text: string, title: string): string {
  const { data } = encode(text, { ecc: "M", border: 0 });
  const size = data.length + 2 * QUIET;
  const dark = data.flatMap((row, y) => runsOf(row).map(([x, length]) => `M${x + QUIET} ${y + QUIET}h${length}v1h-${length}z`));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="54mm" height="54mm" viewBox="0 0 ${size} ${size}" role="img" shape-rendering="crispEdges">`,
    `<title>${escapedHtml(title)}</title>`,
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${dark.join("")}"/></svg>`,
  ].join("");
}

/** Where the dark modules of a row begin, and how many are side by side. */
function runsOf(row: readonly boolean[]): [start: number, length: number][] {
  const runs: [number, number][] = [];
  row.forEach((dark, at) => {
    const last = runs.at(-1);
    if (dark && last && last[0] + last[1] === at) last[1] += 1;
    else if (dark) runs.push([at, 1]);
  });
  return runs;
}

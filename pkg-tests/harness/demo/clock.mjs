/** The demo page with a clock that a test sets: what happens in months is tried in seconds. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../consumer.mjs";
import { demoPage } from "../environment.mjs";

/** Before each script, in the page as in Workers. A Worker reads the clock when it starts: at every unlock. */
const SHIFT = `
if (!globalThis.shifted) {
  globalThis.shifted = true;
  const asked = new XMLHttpRequest();
  asked.open("GET", "/clock.txt?" + Math.random(), false);
  asked.send();
  const [by, { Date: Real }] = [Number(asked.responseText), globalThis];
  globalThis.Date = class Date extends Real {
    constructor(...given) {
      if (given.length > 0) super(...given);
      else super(Date.now());
    }
    static now() {
      return Real.now() + by;
    }
  };
}
`;

/** A copy of the built page, to be served, and what sets its clock: seen after a reload. */
export function pageWithClock() {
  const folder = join(temporaryFolder(), "page");
  cpSync(demoPage(), folder, { recursive: true });
  const assets = join(folder, "assets");
  for (const name of readdirSync(assets).filter((file) => file.endsWith(".js"))) {
    const path = join(assets, name);
    writeFileSync(path, SHIFT + readFileSync(path, "utf8"));
  }
  /** @param {number} moment milliseconds since 1970 */
  const setClock = (moment) => writeFileSync(join(folder, "clock.txt"), String(moment - Date.now()));
  setClock(Date.now());
  return { folder, setClock };
}

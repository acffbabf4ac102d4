/** The fixture of a release in a page. */
import * as vaults from "./strongroom/dist/index.js";
import * as standalone from "./strongroom/dist/standalone.js";
import { loadOrigin } from "./database.mjs";
import { openRelease } from "./release-open.mjs";
import { writeRelease } from "./release-write.mjs";

const strongroom = { ...vaults, ...standalone };
window.story = {
  writeRelease: (plan, wait) => writeRelease(strongroom, plan, wait),
  loadOrigin,
  openRelease: (files) => openRelease(strongroom, files),
};

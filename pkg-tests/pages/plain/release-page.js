/** The fixture of a release in a page. */
import * as strongroom from "./strongroom/dist/index.js";
import { loadOrigin } from "./database.mjs";
import { openRelease } from "./release-open.mjs";
import { writeRelease } from "./release-write.mjs";

window.story = {
  writeRelease: (plan, wait) => writeRelease(strongroom, plan, wait),
  loadOrigin,
  openRelease: (files) => openRelease(strongroom, files),
};

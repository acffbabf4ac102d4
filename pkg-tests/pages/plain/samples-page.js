/** Samples in a page. */
import * as strongroom from "./strongroom/dist/index.js";
import { openSample, writeSample } from "./samples.mjs";

window.story = {
  writeSample: (plan) => writeSample(strongroom, plan),
  openSample: (files) => openSample(strongroom, files),
};

import { init } from "strongroom";
import { story } from "./main-job.js";

// esbuild leaves the package's files where they are: say where the build put them.
const ready = init({ wasm: "strongroom_bg.wasm", worker: "strongroom-worker.js" });
const after = (step) => async () => {
  await ready;
  return step();
};
window.story = { begin: after(story.begin), resume: after(story.resume) };

/** For bundlers that leave the package's files where they are: says where the build put them. */
import { init } from "strongroom";
import { story } from "./main-job.js";

const ready = init({ wasm: "strongroom_bg.wasm", worker: "strongroom-worker.js" });
const after =
  (step) =>
  async (...given) => {
    await ready;
    return step(...given);
  };
window.story = { begin: after(story.begin), resume: after(story.resume) };

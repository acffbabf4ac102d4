import { inTime } from "./ask.js";
import { inWorker } from "./in-worker.js";

addEventListener("message", async ({ data }) => postMessage(data === "nothing" || (await inTime(inWorker[data]))));

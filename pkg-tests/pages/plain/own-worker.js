/** The package's Worker, with what a test does to it. */
import "./meddling.js";
import "./strongroom/dist/worker.js";

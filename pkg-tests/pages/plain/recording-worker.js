/** The package's Worker, whose segments are remembered. */
import "./recording.js";
import "./strongroom/dist/worker.js";

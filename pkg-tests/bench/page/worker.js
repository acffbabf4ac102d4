/** The package's Worker, watched. */
import "./watch.js";
import "./strongroom/dist/worker.js";

/** The package's Worker as a later release would have it. */
import "./later-release.js";
import "./strongroom/dist/worker.js";

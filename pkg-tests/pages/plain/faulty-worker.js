/** The package's Worker on a machine with faults. */
import "./faulty.js";
import "./strongroom/dist/worker.js";

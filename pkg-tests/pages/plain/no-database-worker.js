/** The package's Worker in such a browser. */
import "./no-database.js";
import "./strongroom/dist/worker.js";

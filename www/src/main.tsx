import { render } from "preact";
import { App } from "./components/App";
import { isMoving } from "./moving";
import { refresh } from "./objects";
import { storeAt, tellError } from "./state";
import { storeInfo } from "./store";
import { isBusy } from "./transfers";
import { readVaults } from "./vault";
import "./styles/tokens.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/ledger.css";
import "./styles/compare.css";
import "./styles/console.css";
import "./styles/time-line.css";

const root = document.getElementById("root");
if (root) render(<App />, root);

// A file dropped beside the drop zone would otherwise replace the page.
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
addEventListener("beforeunload", (event) => {
  if (isBusy() || isMoving()) event.preventDefault();
});

readVaults().catch(tellError);
storeInfo().then((info) => (storeAt.value = info), tellError);
void refresh();

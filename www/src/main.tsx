import "./ui/layers.css";
import "./ui/reset.css";
import "./ui/tokens.css";
import "./ui/print.css";
import { render } from "preact";
import { App } from "./app/App";
import { notifyError } from "./app/notice";
import { session } from "./app/session";
import { readAvailable } from "./features/factors/available";
import { readStore, refreshObjects } from "./features/provider/model";
import { readVaults } from "./features/vault/model";

const root = document.getElementById("root");
if (root) render(<App />, root);

// A file dropped beside the drop zone would otherwise replace the page.
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
addEventListener("beforeunload", (event) => {
  if (session.value?.isBusy) event.preventDefault();
});

readVaults().catch(notifyError);
readAvailable().catch(notifyError);
void readStore();
void refreshObjects();

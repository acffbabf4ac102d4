import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { App } from "./app.js";

const onRecoverableError = (error) => {
  throw error;
};
hydrateRoot(document.getElementById("root"), createElement(App), { onRecoverableError });

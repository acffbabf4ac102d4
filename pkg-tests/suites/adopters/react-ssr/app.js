/** Imports the package wherever it runs; calls it in the browser only. */
import { createElement, useEffect, useState } from "react";
import { StrongroomError } from "strongroom";
import { story } from "./main-job.js";

export function App() {
  const [state, setState] = useState("rendered on the server");
  useEffect(() => {
    window.story = { ...story, shown: () => state };
    setState("taken over");
  }, [state]);
  return createElement("p", null, `${typeof StrongroomError}: ${state}`);
}

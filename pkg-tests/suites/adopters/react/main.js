/** StrictMode mounts, unmounts and mounts again: two openings of one vault at once, the first given up. */
import { StrictMode, createElement, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Strongroom } from "strongroom";
import { story } from "./main-job.js";

function App() {
  const [vault, setVault] = useState(null);
  useEffect(() => {
    window.mounted = (window.mounted ?? 0) + 1;
    let wanted = true;
    const opening = Strongroom.open({ name: "acme" });
    opening.then((opened) => wanted && setVault(opened)).catch(() => wanted && setVault(false));
    return () => {
      wanted = false;
    };
  }, []);
  return createElement("p", null, vault === null ? "opening" : vault ? "a locked vault" : "no vault yet");
}

createRoot(document.getElementById("root")).render(createElement(StrictMode, null, createElement(App)));
window.story = {
  ...story,
  shown: () => ({ text: document.querySelector("p").textContent, mounted: window.mounted }),
};

import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // Everything is a file of its own: the page's policy admits no inline script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
});

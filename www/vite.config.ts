import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // Everything is a file of its own: the page's policy admits no inline script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { page: "index.html", "service-worker": "src/service-worker.ts" },
      // A service worker's address must stay, and be above what it serves.
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es" },
});

import { defineConfig } from "vite";

export default defineConfig({
  worker: {
    rollupOptions: {
      output: {
        // Its scope is the folder that it stands in, and its name must stay the same in later builds.
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
});

import { defineConfig } from "vite";

export default defineConfig({
  // Otherwise `dev` bundles the package away from its Worker and its wasm.
  optimizeDeps: { exclude: ["strongroom"] },
});

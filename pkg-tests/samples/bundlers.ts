import { assert, unlocked } from "./world.js";

declare global {
  interface ImportMeta {
    readonly hot?: { dispose(end: () => void): void };
  }
}

/** Runs before everything else: later settings are refused. */
export async function bundlersInit(): Promise<void> {
  // sample: docs/bundlers.md "await init"
}

export async function bundlersHot(): Promise<void> {
  const vault = await unlocked();
  // sample: docs/bundlers.md "import.meta.hot"
  assert(vault.unlocked);
}

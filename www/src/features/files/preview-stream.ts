/** Serves stored files to the page's own elements: of a film, only the parts that are played are fetched. */

import type { FileStore, StoredFile } from "strongroom/files";
import { localUrl } from "strongroom/media";
import { askingFactor, type DeclinedRules } from "../../app/factor-request";

/** The service worker's script, as `vite.config.ts` names it. */
const SCRIPT = "/service-worker.js";

/** The page requires Trusted Types: the script's address comes out of a policy, which knows no other. */
function scriptAddress(): string {
  if (!("trustedTypes" in globalThis)) return SCRIPT;
  addresses ??= trustedTypes.createPolicy("strongroom-demo", { createScriptURL: () => SCRIPT });
  return addresses.createScriptURL(SCRIPT);
}

let addresses: ScriptPolicy | undefined;

interface ScriptPolicy {
  /** A `TrustedScriptURL` is no string, but every taker of an address takes it as one. */
  createScriptURL(address: string): string;
}

declare const trustedTypes: { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy };

export interface LocalUrl {
  url: string;
  close: () => void;
}

export async function streamFile(
  store: FileStore,
  file: StoredFile,
  signal: AbortSignal,
  declined: DeclinedRules,
): Promise<LocalUrl> {
  await navigator.serviceWorker.register(scriptAddress(), { type: "module" });
  const opened = await askingFactor(() => store.open(file, { signal }), declined);
  try {
    return { url: await localUrl(opened), close: () => opened.close() };
  } catch (error) {
    opened.close();
    throw error;
  }
}

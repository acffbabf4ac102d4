/** Serves stored files to the page's own elements: of a film, only the parts that are played are fetched. */

import type { Vault } from "strongroom";
import { localUrl } from "strongroom/media";
import type { StoredObject } from "../../remote/api";
import { openParts } from "../../remote/presigner";
import type { RetryPolicy } from "../../remote/retry";
import { contextOf, detachedHeader } from "./object-reader";

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

/** One presigned URL would expire before the end of a long film: the package asks for another one then. */
export async function streamObject(vault: Vault, object: StoredObject, policy: RetryPolicy): Promise<LocalUrl> {
  const { key } = object;
  await navigator.serviceWorker.register(scriptAddress(), { type: "module" });
  const header = await detachedHeader(object, policy);
  const opened = await vault.openObject(await openParts(key, policy), { context: contextOf(key), header });
  try {
    return { url: await localUrl(opened), close: () => opened.close() };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** The page's service worker, registered also where the page requires Trusted Types. */
import { UnsupportedError, WorkerError } from "../../shared/errors/index.js";
import { scriptAddress } from "../../shared/workers/trusted-types.js";

/**
 * Registers the page's service worker, as `navigator.serviceWorker.register` does. In a page that requires Trusted Types, the
 * address comes out of the package's policy, `strongroom`, which lets no script of another origin through.
 *
 * @throws UnsupportedError where there are no service workers; WorkerError when the browser refuses this one
 */
export async function registerServiceWorker(
  address: string | URL,
  options?: RegistrationOptions,
): Promise<ServiceWorkerRegistration> {
  const container = globalThis.navigator?.serviceWorker;
  if (!container) {
    const what = "service workers";
    throw new UnsupportedError(`not supported: ${what}, or this page may have none`, { what });
  }
  try {
    return await container.register(scriptAddress(address), options);
  } catch (cause) {
    const hint = "is it served as JavaScript, from the page's origin, and do worker-src and trusted-types allow it?";
    throw new WorkerError(`the service worker could not be registered; ${hint} ${String(cause)}`, { cause });
  }
}

/** Starting the Worker's script from an address. */
import { scriptAddress } from "../../shared/workers/trusted-types.js";

export function startWorker(address: string | URL, type: WorkerType = "module"): Worker {
  return new Worker(scriptAddress(address), { type });
}

/**
 * A Worker's script must be of the page's own origin, but may import from elsewhere. The address
 * stays valid for the Workers that come later.
 */
export function viaBlob(url: URL): Worker {
  let local = blobs.get(url.href);
  if (!local) {
    const script = new Blob([`import ${JSON.stringify(url.href)};`], { type: "text/javascript" });
    local = URL.createObjectURL(script);
    blobs.set(url.href, local);
  }
  return startWorker(local);
}

const blobs = new Map<string, string>();

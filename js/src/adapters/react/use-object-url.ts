/** What an object holds, at an address that a component's elements can use. */
import { useEffect, useState } from "react";
import type { DecryptedObject } from "../../page/objects/decrypted-object.js";
import { asStrongroomError, type StrongroomError } from "../../shared/errors/index.js";

/** What `useObjectUrl` returns: neither while it is opened. */
export interface ObjectUrl {
  readonly url?: string | undefined;
  readonly error?: StrongroomError | undefined;
}

/**
 * Opens an object, and gives its content an address until the component is unmounted or `id` changes. `id` names what
 * `open` opens; with `undefined` nothing is opened. `signal` is aborted when the address is not wanted any more.
 *
 * @example
 * const { url, error } = useObjectUrl(path, async (signal) =>
 *   vault.decrypt(await get(path), { context: { path }, tracked: path, signal }),
 * );
 */
export function useObjectUrl(id: string | undefined, open: (signal: AbortSignal) => Promise<DecryptedObject>): ObjectUrl {
  const [found, setFound] = useState<ObjectUrl & { id?: string | undefined }>({});
  useEffect(() => {
    if (id === undefined) return undefined;
    const controller = new AbortController();
    let url: string | undefined;
    const show = async (): Promise<void> => {
      const blob = await (await open(controller.signal)).blob();
      if (controller.signal.aborted) return;
      url = URL.createObjectURL(blob);
      setFound({ id, url });
    };
    show().catch((error: unknown) => {
      if (!controller.signal.aborted) setFound({ id, error: asStrongroomError(error) });
    });
    return () => {
      controller.abort();
      setFound({});
      if (url !== undefined) URL.revokeObjectURL(url);
    };
    // `open` is a new function at each rendering: `id` says what it opens.
  }, [id]);
  return found.id === id ? { url: found.url, error: found.error } : {};
}

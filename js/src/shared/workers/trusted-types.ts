/**
 * Trusted Types: where a page requires them, the address of a Worker must come out of a policy. Ours is called
 * `strongroom`, for a page to allow by that name.
 */

/** Where every copy of the package finds the policy: a page that allows the name once allows one policy of that name. */
const SHARED = Symbol.for("strongroom.trusted-types");

/** A script's address, as something that starts a Worker. */
export function scriptAddress(address: string | URL): string {
  policy ??= sharedPolicy();
  return policy.createScriptURL(String(address));
}

interface Policy {
  /** A `TrustedScriptURL` is no string, but every taker of an address takes it as one. */
  createScriptURL(address: string): string;
}

const plain: Policy = { createScriptURL: (address) => address };

/** Other scripts of the page can find the shared one: it gives them nothing but what a Worker may be started from. */
const rules: Policy = {
  createScriptURL: (address) => {
    const { protocol, host } = new URL(address, location.href);
    if (protocol === "blob:" || (protocol === location.protocol && host === location.host)) return address;
    throw new TypeError(`not of the page's own origin: ${address}`);
  },
};

let policy: Policy | undefined;

function sharedPolicy(): Policy {
  const realm = globalThis as { [SHARED]?: Policy };
  try {
    const shared = realm[SHARED] ?? trustedTypes.createPolicy("strongroom", rules);
    Object.defineProperty(realm, SHARED, { value: shared });
    return shared;
  } catch {
    // Not in this browser, or not allowed by the page: then its default policy decides, if it has one.
    return realm[SHARED] ?? plain;
  }
}

declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy };

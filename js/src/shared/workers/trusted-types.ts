/**
 * Trusted Types: where a page requires them, the address of a Worker must come out of a policy. Ours is called
 * `strongroom`, for a page to allow by that name; nothing outside the package can reach it.
 */

/** A script's address, as something that starts a Worker. */
export function scriptAddress(address: string | URL): string {
  try {
    policy ??= trustedTypes.createPolicy("strongroom", plain);
  } catch {
    // Not in this browser, or not allowed by the page: then its default policy decides, if it has one.
    policy = plain;
  }
  return policy.createScriptURL(String(address));
}

interface Policy {
  /** A `TrustedScriptURL` is no string, but every taker of an address takes it as one. */
  createScriptURL(address: string): string;
}

const plain: Policy = { createScriptURL: (address) => address };
let policy: Policy | undefined;

declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy };

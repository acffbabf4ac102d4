/** Whether this is a test, or a page that people use. */
import { UnsupportedError } from "../../shared/errors/index.js";

/** Node has it, and bundlers write the value of `NODE_ENV` in its place. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** @throws UnsupportedError in production, and where nothing says that this is none */
export function refuseInProduction(): void {
  if (isDevelopment()) return;
  const what = "strongroom/testing in production";
  const hint = "it makes vaults that any guess opens; it runs in Node and in builds whose NODE_ENV is not production";
  throw new UnsupportedError(`not supported: ${what}: ${hint}`, { what });
}

/** A page that no bundler and no test runner made has no `process`, and may be anybody's. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== "production";
  } catch {
    return false;
  }
}

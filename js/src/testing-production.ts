/** `strongroom/testing` under the condition `production`, which bundlers set: every function refuses. */
import { UnsupportedError } from "./shared/errors/index.js";
import type * as testing from "./testing.js";

function refuse(): never {
  const what = "strongroom/testing in production";
  throw new UnsupportedError(`not supported: ${what}; import it in tests alone`, { what });
}

const noStore: typeof testing.testingStore = () => refuse();
const noVault: typeof testing.testingVault = async () => refuse();

export { noStore as testingStore, noVault as testingVault };

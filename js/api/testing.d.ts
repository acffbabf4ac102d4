import {
  Store,
  Vault,
} from "./common.js";

interface TestingVaultOptions {
  name?: string | undefined;
  passphrase?: string | undefined;
  keys?: readonly string[] | undefined;
}
declare function testingStore(): Store;
declare function testingVault(options?: TestingVaultOptions): Promise<Vault>;
export {
  type TestingVaultOptions,
  testingStore,
  testingVault,
};

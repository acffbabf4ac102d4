/**
 * Vaults for unit tests. An entry point of its own, `strongroom/testing`, which refuses to run in production. It goes with
 * `strongroom`, and not with `strongroom/inline`.
 */
export { testingStore, testingVault } from "./adapters/testing/testing-vault.js";
export type { TestingVaultOptions } from "./adapters/testing/testing-vault.js";

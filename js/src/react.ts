/**
 * Hooks for React 18 and 19: a vault as state, and an object's content at an address. An entry point of its own,
 * `strongroom/react`, beside `react`.
 */
export { useObjectUrl } from "./adapters/react/use-object-url.js";
export type { ObjectUrl } from "./adapters/react/use-object-url.js";
export { useVault } from "./adapters/react/use-vault.js";
export type { UseVaultOptions, VaultState } from "./adapters/react/use-vault.js";

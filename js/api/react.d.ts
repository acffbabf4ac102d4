import {
  AutoLocked,
  DecryptedObject,
  PresentedFactor,
  StrongroomError,
  UnlockOptions,
  Vault,
} from "./common.js";

interface ObjectUrl {
  readonly url?: string | undefined;
  readonly error?: StrongroomError | undefined;
}
declare function useObjectUrl(id: string | undefined, open: (signal: AbortSignal) => Promise<DecryptedObject>): ObjectUrl;
type UseVaultOptions = AutoLocked;
interface VaultState {
  readonly status: "opening" | "none" | "locked" | "unlocked";
  readonly vault?: Vault | undefined;
  readonly error?: StrongroomError | undefined;
  readonly unlock: (factor: PresentedFactor, options?: UnlockOptions) => Promise<void>;
  readonly lock: () => Promise<void>;
}
declare function useVault(name: string, options?: UseVaultOptions): VaultState;
export {
  type ObjectUrl,
  type UseVaultOptions,
  type VaultState,
  useObjectUrl,
  useVault,
};

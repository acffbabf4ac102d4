/** What bodies are begun with. */
import type { Bytes } from "../../shared/bytes.js";
import type { BodyUse, Permit } from "../vault/permit.js";
import type { HowToOperate } from "../vault/vault-desk.js";
import type { Bindings, StandaloneKeys, WasmBody, WasmVault } from "../wasm/bindings.js";
import type { BlockHashes } from "./block-hashes.js";

/** Where sealers and openers come from. */
export interface BodyMakers {
  bindings: Bindings;
  keyring: StandaloneKeys;
  /** Throws while the vault is locked. */
  operate(operation: (vault: WasmVault) => Promise<WasmBody>, how?: HowToOperate<WasmBody>): Promise<WasmBody>;
  /** As `operate`, of what opens an object. */
  opening(operation: (vault: WasmVault) => Promise<WasmBody>): Promise<WasmBody>;
  /** The signature of an object that is for others too; over its body where the hashes of that are given. */
  sign(body: WasmBody, hashes?: BlockHashes): Promise<string>;
  /** Bytes of the signature over a body of so many. */
  signatureLength(body: WasmBody, size: number): Promise<number>;
  /** For a body under that version of the vault's. */
  permit(kid: string, use: BodyUse): Permit;
}

/** What is said of a body that is encrypted: `piece` counts segments. */
export interface BodyAbout {
  id: string;
  kid?: string;
  piece: number;
  size?: number;
}

/** The header, without what stands before it in an attached object. */
export function headerAfter(prefix: Bytes, { bindings }: BodyMakers): Bytes {
  const [before] = bindings.layout();
  return prefix.slice(before);
}

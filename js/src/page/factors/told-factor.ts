/** A factor as a page is told of it, from what the core gives. */
import type { FactorInfo } from "../../shared/model/factor-info.js";
import type { WireFactorInfo } from "../../shared/protocol/vault-calls.js";
import { frozen } from "../../shared/text.js";

export function factorInfo(info: WireFactorInfo): FactorInfo {
  const passkey = info.passkey && frozen(info.passkey);
  const device = info.device && frozen(info.device);
  const shares = info.shares && frozen(info.shares);
  const key = info.key && frozen({ kid: undefined, ...info.key });
  const gate = info.gate && frozen({ offlineGrace: undefined, ...info.gate });
  return frozen({ name: undefined, added: undefined, rehearsedAt: undefined, ...info, passkey, device, shares, key, gate });
}

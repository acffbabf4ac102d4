/** Which kinds of factors there can be in this browser. */
import { frozen } from "../../shared/text.js";
import { connectKeys } from "../runtime/start-engine.js";

/** The kinds of factors that this browser can enrol, and why it cannot enrol the others. */
export interface AvailableFactors {
  /** As `FactorInfo.kind` has them. No `"escrow"`: every browser can enrol one, and it takes an organisation's key. */
  readonly kinds: readonly string[];
  readonly missing: readonly MissingFactor[];
}

/** A kind of factors that this browser cannot enrol. */
export interface MissingFactor {
  readonly kind: string;
  /** A sentence, in English. */
  readonly reason: string;
}

/**
 * Which kinds of factors this browser can enrol: tries what can be tried without a person. Notes the time beside the keys of its
 * devices, so that a clock that is put back later is told.
 */
export async function availableFactors(): Promise<AvailableFactors> {
  const reasons: [kind: string, reason: string | undefined][] = [
    ["passphrase", undefined],
    ["recovery-kit", undefined],
    ["recovery-shares", undefined],
    ["passkey", await whyNoPasskeys()],
    ["this-device", await (await connectKeys()).peer.call("whyNoDeviceKeys")],
  ];
  const kinds: string[] = [];
  const missing: MissingFactor[] = [];
  for (const [kind, reason] of reasons) {
    if (reason === undefined) kinds.push(kind);
    else missing.push(frozen({ kind, reason }));
  }
  return frozen({ kinds: frozen(kinds), missing: frozen(missing) });
}

/** What a vault can get that takes two factors at once: a device would be a further way in. @internal */
export function withoutDevices({ kinds, missing }: AvailableFactors): AvailableFactors {
  const device = frozen({ kind: "this-device", reason: "the vault takes two factors at once, and a device is neither of them" });
  const others = missing.filter(({ kind }) => kind !== device.kind);
  return frozen({ kinds: frozen(kinds.filter((kind) => kind !== device.kind)), missing: frozen([...others, device]) });
}

interface TellsCapabilities {
  getClientCapabilities?: () => Promise<Record<string, boolean | undefined>>;
}

/** Whether an authenticator has PRF is known once a passkey was made there. */
async function whyNoPasskeys(): Promise<string | undefined> {
  const credentials = globalThis.navigator?.credentials as CredentialsContainer | undefined;
  const passkeys = globalThis.PublicKeyCredential as (typeof PublicKeyCredential & TellsCapabilities) | undefined;
  if (!passkeys || typeof credentials?.create !== "function") {
    return "there is no WebAuthn here; a page served by HTTPS has it, in a browser that does";
  }
  try {
    const known = await passkeys.getClientCapabilities?.();
    return known?.["extension:prf"] === false ? "this browser has no PRF for passkeys" : undefined;
  } catch {
    return undefined;
  }
}

/** What opens a vault, whatever kind it is. A kind is one file here, and one in the core. */
import { sameBytes } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { transfer, transferSecrets } from "../../shared/rpc/transfer.js";
import { endAsking, timesAsked } from "../runtime/escrow-holders.js";
import { endCeremonies } from "../runtime/passkey-ceremonies.js";
import { isEscrow, isEscrowRecipient, type Escrow, type EscrowKey } from "./escrow.js";
import { isGate, isGateRecipient, type KmsGate, type KmsGateKey } from "./kms-gate.js";
import { isPasskey, type Passkey } from "./passkey.js";
import { isPassphrase, type Passphrase } from "./passphrase.js";
import { isRecoveryKit, type RecoveryKit } from "./recovery-kit.js";
import { isRecoveryShares, type RecoveryShares } from "./recovery-shares.js";
import { isThisDevice, type ThisDevice } from "./this-device.js";

/** What a vault can get, and what opens it then. */
export type Factor = Passphrase | RecoveryKit | RecoveryShares | Passkey | ThisDevice;

/** What a vault can get: of an escrow and of a gate the public half. */
export type NewFactor = Factor | Escrow | KmsGate;

/** What opens a vault: of an escrow the private half, of a gate who is asked. */
export type OpeningFactor = Factor | EscrowKey | KmsGateKey;

/** What is presented to a vault: a factor, or two of different kinds to a vault that takes both at once (`requires`). */
export type PresentedFactor = OpeningFactor | readonly [OpeningFactor, OpeningFactor];

/** By which each kind is known. */
const KNOWN = [isPassphrase, isRecoveryKit, isRecoveryShares, isPasskey, isThisDevice, isEscrow, isGate];

/** @throws ArgumentError @internal */
export function checkFactor(factor: NewFactor | OpeningFactor): void {
  if (KNOWN.some((isKnown) => isKnown(factor))) return;
  throw new ArgumentError("not a factor; make one by passphrase(), recoveryKit(), recoveryShares(), passkey(), thisDevice(), escrow(), escrowKey() or kmsGate()");
}

/** @internal */
export function isPair(presented: PresentedFactor): presented is readonly [OpeningFactor, OpeningFactor] {
  return Array.isArray(presented);
}

/** @throws ArgumentError @internal */
export function checkPresented(presented: PresentedFactor): void {
  if (!isPair(presented)) return checkOpening(presented);
  if ((presented.length as number) !== 2) throw new ArgumentError("two factors are given in an array; one alone is given without it");
  presented.forEach(checkOpening);
}

/** @throws ArgumentError */
function checkOpening(factor: OpeningFactor): void {
  checkFactor(factor);
  if (isEscrowRecipient(factor)) throw new ArgumentError("a public key opens nothing; the organisation has escrowKey() of its private half");
  if (isGateRecipient(factor)) throw new ArgumentError("a public key opens nothing; give kmsGate() of an adapter, which asks the KMS");
}

/** What a factor must be that a vault of that name gets. @throws ArgumentError, WeakPassphraseError @internal */
export function checkNewFactor(factor: NewFactor, vault: string): void {
  checkFactor(factor);
  factor.checkNew(vault);
}

/** What the engine is given of a factor, to be moved there or wiped. @internal */
export function encodeFactor(factor: NewFactor | OpeningFactor): WireFactor {
  checkFactor(factor);
  return factor.encode();
}

/** What the engine is given of what is presented. Nothing is left of the first of two where the second cannot be encoded. @internal */
export function encodePresented(presented: PresentedFactor): WireFactor {
  checkPresented(presented);
  if (!isPair(presented)) return encodeFactor(presented);
  const [first, second] = presented;
  const encoded = encodeFactor(first);
  try {
    return { ...encoded, second: encodeFactor(second) };
  } catch (error) {
    wipeFactor(encoded);
    throw error;
  }
}

/** Whether a person is there where it opens a vault: a device opens it for whoever has the device, and a KMS answers a page. @internal */
export function provesPerson({ kind, second }: WireFactor): boolean {
  const isPerson = kind !== "this-device" && kind !== "kms";
  return isPerson || (second !== undefined && provesPerson(second));
}

/** How often a key management service was asked by what is presented. @internal */
export function kmsCallsOf({ kms, ceremony, second }: WireFactor): number {
  const own = kms && ceremony !== undefined ? timesAsked(ceremony) : 0;
  return second ? own + kmsCallsOf(second) : own;
}

/** An argument of a call: its secrets move to the engine, and are wiped here. @internal */
export function moveFactor(factor: WireFactor): WireFactor {
  const moved = movedSecrets(factor);
  return transfer(moved, buffersIn(moved));
}

/** As `moveFactor`, of several in one argument. @internal */
export function moveFactors(factors: readonly WireFactor[]): WireFactor[] {
  const moved = factors.map(movedSecrets);
  return transfer(moved, moved.flatMap(buffersIn));
}

/** Also ends what a passkey's authenticator, or the holder of an escrow, is still asked. @internal */
export function wipeFactor({ kind, secrets, ceremony, second }: WireFactor): void {
  if (second) wipeFactor(second);
  if (ceremony !== undefined) (kind === "passkey" ? endCeremonies : endAsking)(ceremony);
  for (const secret of secrets) secret.fill(0);
}

/**
 * The factor that is there and the one that comes. Nothing is left of the first where the second cannot be encoded:
 * its buffer may have shrunk since it was given.
 *
 * @throws ArgumentError for the same one twice @internal
 */
export function encodeBoth(present: PresentedFactor, added: NewFactor): [WireFactor, WireFactor] {
  const first = encodePresented(present);
  try {
    const second = encodeFactor(added);
    const enrolled = second.secrets.at(-1);
    const isSame = (one: WireFactor): boolean =>
      enrolled !== undefined && one.kind === second.kind && one.secrets.some((form) => sameBytes(form, enrolled));
    if (isSame(first) || (first.second && isSame(first.second))) {
      wipeFactor(second);
      throw new ArgumentError("the new factor is the one that opens the vault now; give another one");
    }
    return [first, second];
  } catch (error) {
    wipeFactor(first);
    throw error;
  }
}

function movedSecrets(factor: WireFactor): WireFactor {
  const { second } = factor;
  const moved = { ...factor, secrets: transferSecrets(factor.secrets) };
  return second ? { ...moved, second: movedSecrets(second) } : moved;
}

function buffersIn({ secrets, second }: WireFactor): ArrayBuffer[] {
  const own = secrets.map(({ buffer }) => buffer);
  return second ? [...own, ...buffersIn(second)] : own;
}

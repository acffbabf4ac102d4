/** Calls that present a factor to an unlocked vault. */
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import type { Connection } from "../runtime/connection.js";
import { moveFactor, provesPerson, wipeFactor } from "./factor.js";

/**
 * Runs a call with factors, of which the first is asked for, which move to the engine once it is time to; where it never is, they are wiped.
 *
 * @param person whether one that opens ends the delays of failed attempts
 * @internal
 */
export async function presented<Factors extends readonly WireFactor[], T>(
  connection: Connection,
  factors: readonly [...Factors],
  signal: AbortSignal | undefined,
  call: (...moved: Factors) => Promise<T>,
  person = factors.slice(0, 1).every(provesPerson),
): Promise<T> {
  try {
    const moved = (): Promise<T> => call(...(factors.map(moveFactor) as unknown as Factors));
    return await connection.present(moved, signal, person);
  } finally {
    factors.forEach(wipeFactor);
  }
}

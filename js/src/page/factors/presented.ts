/** Calls that present a factor to an unlocked vault. */
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import type { Connection } from "../runtime/connection.js";
import { moveFactor, wipeFactor } from "./factor.js";

/** Runs a call with factors, which move to the engine once it is time to; where it never is, they are wiped. @internal */
export async function presented<Factors extends readonly WireFactor[], T>(
  connection: Connection,
  factors: readonly [...Factors],
  signal: AbortSignal | undefined,
  call: (...moved: Factors) => Promise<T>,
): Promise<T> {
  try {
    return await connection.present(() => call(...(factors.map(moveFactor) as unknown as Factors)), signal);
  } finally {
    factors.forEach(wipeFactor);
  }
}

/** Calls that present a factor to an unlocked vault. */
import { transferSecret } from "../../shared/rpc/transfer.js";
import type { Connection } from "./connection.js";

/** Runs a call with secrets, which move to the engine once it is time to; where it never is, they are wiped. @internal */
export async function presented<Secrets extends readonly Uint8Array[], T>(
  connection: Connection,
  secrets: readonly [...Secrets],
  signal: AbortSignal | undefined,
  call: (...moved: Secrets) => Promise<T>,
): Promise<T> {
  try {
    return await connection.present(() => call(...(secrets.map(transferSecret) as unknown as Secrets)), signal);
  } finally {
    for (const secret of secrets) secret.fill(0);
  }
}

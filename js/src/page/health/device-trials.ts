/** Whether the devices among a vault's factors open it from this browser, which is tried. */
import { asStrongroomError, ThisDeviceError } from "../../shared/errors/index.js";
import type { FactorInfo } from "../../shared/model/factor-info.js";
import { ThisDevice } from "../factors/this-device.js";
import type { Connection } from "../runtime/connection.js";

/** A device that opens the vault from this browser, or whose time is over. */
export interface DeviceTrial {
  readonly factor: Pick<FactorInfo, "id" | "name">;
  readonly expires: number;
  /** Whether its key was there, gave what it should, and opened the factor's record and the vault's key. */
  readonly opens: boolean;
}

/** What became of each. A device whose key is another browser's is left out, and none is tried whose time is over. */
export async function deviceTrials(connection: Connection, factors: readonly FactorInfo[], now: number): Promise<DeviceTrial[]> {
  const trials: DeviceTrial[] = [];
  for (const factor of factors) {
    if (!factor.device) continue;
    const { expires } = factor.device;
    const opens = expires > now && (await opensHere(connection, factor.id));
    if (opens !== undefined) trials.push({ factor, expires, opens });
  }
  return trials;
}

/** `undefined` where this browser has no key to it, or can have none. Nothing is written, and no attempt is counted. */
async function opensHere(connection: Connection, id: string): Promise<boolean | undefined> {
  try {
    await connection.peer.call("identifyFactor", new ThisDevice({ id }).encode());
    return true;
  } catch (thrown) {
    const error = asStrongroomError(thrown);
    if (error.code === "ERR_WRONG_FACTOR") return false;
    if (!(error instanceof ThisDeviceError)) throw error;
    return error.reason === "missing" || error.reason === "unsupported" ? undefined : false;
  }
}

/** How well a vault is kept, on this device and now. */
import { abortable } from "../../shared/async.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import type { VaultHealth } from "../../shared/model/vault-health.js";
import { frozen } from "../../shared/text.js";
import { factorInfo } from "../factors/told-factor.js";
import type { RefreshFailure } from "../organisation/policy-refresher.js";
import type { ShippingStanding } from "../audit/shipped-places.js";
import type { Connection, UseEngine } from "../runtime/connection.js";
import type { VaultStorage } from "../runtime/start-engine.js";
import { checksOf, type HealthFacts } from "./checks.js";
import { deviceTrials } from "./device-trials.js";
import { storageFacts } from "./storage-facts.js";

export async function healthOf(
  use: UseEngine,
  storage: VaultStorage,
  isMarked: () => boolean,
  shippingTo: (url: string) => ShippingStanding,
  refreshFailure: RefreshFailure | undefined,
  { signal }: AbortOptions,
): Promise<VaultHealth> {
  return abortable(signal, async () => {
    const connection = use();
    const [signs, facts] = await Promise.all([connection.peer.call("vitalSigns"), storageFacts(storage)]);
    const { backup, latest, overdueReviews, organisation, lateRotations } = signs;
    const requires = signs.requires && frozen(signs.requires);
    const [now, factors] = [Date.now(), signs.factors.map(factorInfo)];
    const devices = await deviceTrials(connection, factors, now);
    const collecting = await collectingTo(connection, organisation?.collector, shippingTo);
    const known = { factors, requires, devices, backup, overdueReviews, organisation, lateRotations, refreshFailure, collecting, latest };
    const checks = checksOf({ now, storage: facts, marked: isMarked(), ...known });
    return frozen({ severity: checks[0]!.severity, at: now, checks });
  });
}

/** How the log comes to an organisation's collector from this page. */
async function collectingTo(
  { peer }: Connection,
  collector: string | undefined,
  shippingTo: (url: string) => ShippingStanding,
): Promise<HealthFacts["collecting"]> {
  if (collector === undefined) return undefined;
  const { state } = await peer.call("auditState");
  return state?.stopped ? "stopped" : shippingTo(collector);
}

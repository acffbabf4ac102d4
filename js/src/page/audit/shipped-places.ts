/** Where this page ships a vault's audit log. */
import { receiverAddress } from "./log-shipping.js";
import type { AuditSend } from "./audit-batch.js";
import type { AuditShipment } from "./shipment.js";

/** How the shipping to an address stands: `elsewhere` where the log is shipped, and not there. @internal */
export type ShippingStanding = "shipped" | "failing" | "elsewhere" | "not-shipped";

interface ShippedPlace {
  /** Nothing for a function. */
  readonly address: string | undefined;
  readonly shipment: AuditShipment;
}

/** @internal */
export class ShippedPlaces {
  #places: readonly ShippedPlace[] = [];

  add(destination: string | URL | AuditSend, shipment: AuditShipment): void {
    const address = typeof destination === "function" ? undefined : receiverAddress(destination);
    const others = this.#places.filter((place) => isUnderWay(place) || (hasFailed(place) && place.address !== address));
    this.#places = [...others, { address, shipment }];
  }

  standing(url: string): ShippingStanding {
    const address = URL.canParse(url) ? new URL(url).href : undefined;
    const there = this.#places.filter((place) => place.address !== undefined && place.address === address);
    if (there.some((place) => isUnderWay(place) && !hasFailed(place))) return "shipped";
    if (there.some(hasFailed)) return "failing";
    return this.#places.some(isUnderWay) ? "elsewhere" : "not-shipped";
  }
}

const isUnderWay = ({ shipment: { state } }: ShippedPlace): boolean => state.status !== "ended";
/** A lock ends a shipment, and is no failure of it. */
const hasFailed = ({ shipment: { state } }: ShippedPlace): boolean => state.lastError !== undefined && state.lastError.code !== "ERR_LOCKED";

/** What ships an audit log: one script, loaded when one is shipped. */
export { toUrl } from "./batch-sender.js";
export { AuditShipment } from "./shipment.js";
export { addressDigest } from "./shipping-cursors.js";

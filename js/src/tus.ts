/**
 * Uploads objects by `tus-js-client`, chunk by chunk as they are encrypted. An entry point of its own,
 * `strongroom/tus`, beside `tus-js-client` 4.
 */
export { forTus } from "./adapters/tus/tus-upload.js";
export type { TusOptions } from "./adapters/tus/tus-upload.js";

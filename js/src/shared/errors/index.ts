/** Every error of the package, and how errors cross between the page and the engine. */
export type { ErrorCode } from "./code.js";
export * from "./base.js";
export * from "./vault-errors.js";
export * from "./key-errors.js";
export * from "./object-errors.js";
export * from "./transfer-errors.js";
export * from "./runtime-errors.js";
export * from "./wire.js";

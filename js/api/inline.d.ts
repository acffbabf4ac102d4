export * from "./index.js";
export * from "./standalone.js";
export type * from "./store.js";

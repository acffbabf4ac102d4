/**
 * `strongroom`, `strongroom/standalone` and the types of `strongroom/store` as one script, wasm and Worker inside: for
 * places where a bundler or a server does not carry files along. Its objects are not those of `strongroom`; an
 * application uses one of the two.
 */
export * from "./index.js";
export * from "./standalone.js";
export type * from "./store.js";

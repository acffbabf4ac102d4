/** What is used of Node, so that the package's types do not depend on `@types/node`. */
declare module "node:fs/promises" {
  export function readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
}

/** Node's, which the types of tus-js-client name. */
interface Buffer extends Uint8Array {}

/** What is used of Node, so that the package's types do not depend on `@types/node`. */
declare module "node:fs/promises" {
  export function readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
}

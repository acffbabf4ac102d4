/** Stands for your store, so that this example needs no server. `examples/presign-node` has a real one. */
const cache = (): Promise<Cache> => caches.open("pictures");

export async function put(path: string, body: Blob): Promise<void> {
  await (await cache()).put(path, new Response(body));
}

export async function get(path: string): Promise<Response> {
  const response = await (await cache()).match(path);
  if (!response) throw new Error(`not stored: ${path}`);
  return response;
}

/** A proxy on the loopback interface that keeps every request a browser makes: its head and its body. */
import { createServer, request as forward } from "node:http";
import { listenAsProxy } from "./listen.mjs";

export async function startRecorder() {
  /** @type {{ place: string, bytes: Buffer }[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method, url = "", headers } = request;
    const head = [`${method} ${url}`, ...request.rawHeaders].join("\n");
    requests.push({ place: `request ${method} ${url}`, bytes: Buffer.concat([Buffer.from(`${head}\n\n`), body]) });
    const onward = forward(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    // A request to somewhere else in the world: recorded, and not let through.
    onward.on("error", () => response.writeHead(502).end());
    onward.end(body);
  });
  const { address, stop } = await listenAsProxy(server);
  return {
    address,
    requests,
    stop,
  };
}

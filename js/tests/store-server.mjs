/** A store that answers as a test says. */
import { once } from "node:events";
import { createServer } from "node:http";
import { after } from "node:test";
import { buffer } from "node:stream/consumers";

/**
 * Serves until the test file has ended. `asked` tells what was asked for; `answers` holds how the next requests are
 * answered: `[status, headers, body]`, or a function of the request and the response.
 */
export async function storeServer() {
  const asked = [];
  const answers = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => undefined);
    // The client gave up.
    if (!body) return;
    asked.push({ method: request.method, path: request.url, headers: request.headers, body });
    const answer = answers.shift() ?? [];
    if (typeof answer === "function") return answer(request, response);
    const [status = 200, headers = { etag: '"tag"' }, text = ""] = answer;
    response.writeHead(status, headers);
    response.end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const at = (path) => `http://127.0.0.1:${server.address().port}/${path}`;
  return { asked, answers, at };
}

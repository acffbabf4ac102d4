import type { Message, Port } from "../rpc/port.js";

/** A Worker as its owner sees it, or the Worker's own global scope: both post and listen alike. */
export function workerPort(end: Worker): Port {
  return {
    post: (message, transfer) => end.postMessage(message, transfer),
    listen: (receive) => {
      end.addEventListener("message", (event: MessageEvent<Message>) => receive(event.data));
    },
  };
}

import type { Message, Port } from "../rpc/port.js";

/** A Worker as its owner sees it, the Worker's own global scope, or one end of a channel: all post and listen alike. */
export function workerPort(end: Worker | MessagePort): Port {
  return {
    post: (message, transfer) => end.postMessage(message, transfer),
    listen: (receive) => {
      end.addEventListener("message", (event) => receive((event as MessageEvent<Message>).data));
      if ("start" in end) end.start();
    },
  };
}

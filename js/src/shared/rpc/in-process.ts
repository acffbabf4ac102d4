import type { Message, Port } from "./port.js";

/** Two ports in one realm: what the inline engine is reached by. Nothing is copied. */
export function pair(): [Port, Port] {
  const receivers: ((message: Message) => void)[] = [() => {}, () => {}];
  const end = (own: 0 | 1): Port => ({
    post: (message) => queueMicrotask(() => receivers[1 - own]?.(message)),
    listen: (receive) => {
      receivers[own] = receive;
    },
  });
  return [end(0), end(1)];
}

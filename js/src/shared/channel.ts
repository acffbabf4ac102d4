/** What the tabs of an origin tell each other. */

/** A channel by its name. In Node, where it is a test's, it does not keep the process from ending. @internal */
export function listenTo(name: string, hear: (data: unknown) => void): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(data));
  (channel as { unref?(): void }).unref?.();
  return channel;
}

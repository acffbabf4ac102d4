/** Views of the open vault, each served on a port of its own. */
import { ArgumentError, LockedError, PolicyError, type StrongroomError } from "../shared/errors/index.js";
import type { PageCalls } from "../shared/protocol/page-calls.js";
import { VIEW_CALLS, type ViewCalls } from "../shared/protocol/view-calls.js";
import { Peer } from "../shared/rpc/peer.js";
import type { Message, Port } from "../shared/rpc/port.js";
import { workerPort } from "../shared/workers/worker-port.js";
import { PageContents } from "./page-contents.js";
import { openInput } from "./readers/open-input.js";
import type { VaultHost } from "./vault/vault-host.js";
import { Watches } from "./vault/watches.js";
import { viewArguments } from "./view-arguments.js";
import type { Bindings } from "./wasm/bindings.js";

export class ServedViews {
  readonly #vault: VaultHost;
  readonly #bindings: () => Promise<Bindings>;
  readonly #after: (error?: StrongroomError) => void;
  /** What ends each. */
  readonly #open = new Set<() => void>();
  #ended = false;

  /** @param after called after each call, with its error */
  constructor(vault: VaultHost, bindings: () => Promise<Bindings>, after: (error?: StrongroomError) => void) {
    this.#vault = vault;
    this.#bindings = bindings;
    this.#after = after;
  }

  /** Serves another one, which names no key and no operation that it is not for. */
  async open(end: MessagePort | Port, operations: string[], keys: string[] | undefined): Promise<void> {
    const bindings = await this.#bindings();
    const watches = new Watches((...progress) => void page.call("progress", ...progress).catch(() => {}));
    const { desk, free } = await this.#vault.view(operations, keys, watches);
    if (this.#ended) {
      free();
      throw new LockedError("the vault was locked");
    }
    // Keys outside any vault are not the view's either.
    const keyring = new bindings.StandaloneKeys();
    const contents = new PageContents(() => page, async () => ({ bindings, keyring }), desk);
    const close = (): void => {
      if (!this.#open.delete(close)) return;
      page.end(new LockedError("this view has ended"));
      watches.stopAll();
      contents.clear();
      keyring.free();
      free();
      if ("close" in end) end.close();
    };
    const all: ViewCalls = {
      ...desk.flows(),
      ...desk.prepared(),
      ...desk.contents((input) => openInput(input, page)),
      ...contents.calls(),
      stop: async (watch) => watches.stop(watch),
      endView: async () => close(),
    };
    const checked = (name: keyof ViewCalls) => {
      const call = all[name] as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => call(...viewArguments(name, given));
    };
    const calls = Object.fromEntries(VIEW_CALLS.map((name) => [name, checked(name)]));
    const page: Peer<PageCalls> = new Peer<PageCalls>(guarded("close" in end ? workerPort(end) : end), calls, this.#after, outside);
    this.#open.add(close);
  }

  /** Ends all of them. */
  end(): void {
    this.#ended = true;
    for (const close of this.#open) close();
  }
}

function outside(method: string): StrongroomError {
  if (typeof method !== "string") return new ArgumentError("a call has a name");
  return new PolicyError(`this view of the vault has no such call: ${method}; use the vault`, { rule: "operations", policy: "view" });
}

/**
 * Whoever holds the other end may post anything. What is no message is dropped, and a page's own failure to read an input stops no
 * engine, whatever it calls itself.
 */
function guarded(port: Port): Port {
  return {
    post: (...given) => port.post(...given),
    listen: (receive) =>
      port.listen((message) => {
        try {
          receive(failedInput(message));
        } catch {
          // No call of this side waits for that.
        }
      }),
  };
}

function failedInput(message: Message): Message {
  if (!("error" in message) || message.error.code !== "ERR_WASM") return message;
  return { ...message, error: { ...message.error, code: "ERR_INPUT" } };
}

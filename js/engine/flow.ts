/** Takes the steps of the core's flows: the core never waits, it says what it needs and goes on with that. */
import type { CallerStore, Need, Stretch, WasmFlow } from "../bindings.js";

/** The store that flows read and write, and what derives keys from passphrases. */
export interface Outside {
  store: CallerStore;
  stretch: Stretch;
  /** Throws once nobody wants to know any more. */
  live(): void;
}

/** Takes a flow to its end, and gives what it ends with. */
export async function take<T>(
  flow: WasmFlow,
  outside: Outside,
  passphrases: readonly Uint8Array[] = [],
): Promise<T> {
  try {
    for (;;) {
      const need = flow.need();
      if (need[0] === "done") return need[1] as T;
      const given = await met(need, outside, passphrases);
      outside.live();
      flow.meet(given);
    }
  } finally {
    free(flow);
  }
}

/** What was thrown through wasm has left the flow borrowed: that it cannot be freed must not hide why. */
function free(flow: WasmFlow): void {
  try {
    flow.free();
  } catch {
    // Its memory stays until the engine ends.
  }
}

function met(
  need: Exclude<Need, ["done", unknown]>,
  { store, stretch }: Outside,
  passphrases: readonly Uint8Array[],
): Promise<unknown> {
  switch (need[0]) {
    case "read":
      return store.read(need[1], need[2]);
    case "commit": {
      const [, vault, expect, puts, deletes] = need;
      return store.commit(vault, expect, puts, deletes);
    }
    case "stretch": {
      const [, at, ...parameters] = need;
      // A copy, which is wiped: the same passphrase may be tried on another factor.
      return stretch(new Uint8Array(passphrases[at] ?? []), ...parameters);
    }
  }
}

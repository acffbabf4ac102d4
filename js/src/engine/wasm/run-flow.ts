/** Takes the steps of the core's flows: the core never waits, it says what it needs and goes on with that. */
import type { StoredRow } from "../../shared/model/vault-store.js";
import type { EngineStore } from "../stores/engine-store.js";
import type { Need, Stretch, WasmFlow } from "./bindings.js";

/** The store that flows read and write, and what derives keys from passphrases. */
export interface FlowPorts {
  store: EngineStore;
  stretch: Stretch;
  /** Throws once nobody wants to know any more. */
  live(): void;
}

/** Takes a flow to its end, and gives what it ends with. */
export async function runFlow<T>(
  flow: WasmFlow,
  outside: FlowPorts,
  passphrases: readonly Uint8Array[] = [],
): Promise<T> {
  try {
    for (;;) {
      const need = flow.need();
      if (need[0] === "done") return need[1] as T;
      if (need[0] === "commit") {
        await settled(flow, need, outside);
        continue;
      }
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
  need: Exclude<Need, ["done" | "commit", ...unknown[]]>,
  outside: FlowPorts,
  passphrases: readonly Uint8Array[],
): Promise<unknown> {
  switch (need[0]) {
    case "read":
      return outside.store.read(need[1], need[2]);
    case "stretch": {
      const [, at, ...parameters] = need;
      // A copy, which is wiped: the same passphrase may be tried on another factor.
      return outside.stretch(new Uint8Array(passphrases[at] ?? []), ...parameters);
    }
  }
}

/** Says whether it was committed; or that it could not be, which some flows can do without. */
async function settled(flow: WasmFlow, need: Commit, outside: FlowPorts): Promise<void> {
  let committed: boolean | undefined;
  let failure: unknown;
  try {
    committed = await commit(flow, need, outside);
  } catch (error) {
    failure = error;
  }
  outside.live();
  try {
    flow.meet(committed);
  } catch (error) {
    // The core knows that it could not be, and the store why.
    throw failure ?? error;
  }
}

type Commit = Extract<Need, ["commit", ...unknown[]]>;

/** The rest of the rows is computed while the store writes those before, or before it is asked for anything. */
async function commit(
  flow: WasmFlow,
  [, vault, expect, next, puts, deletes, more]: Commit,
  { store, live }: FlowPorts,
): Promise<boolean> {
  if (!more) return store.commit(vault, expect, next, puts, deletes);
  let failure: unknown;
  const rest = (): StoredRow[] | undefined => {
    try {
      live();
      return flow.rest();
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  try {
    if (store.commitParts) return await store.commitParts(vault, expect, next, puts, deletes, rest);
    let all = puts;
    for (let rows = rest(); rows; rows = rest()) all = all.concat(rows);
    return await store.commit(vault, expect, next, all, deletes);
  } catch (error) {
    throw failure ?? error;
  }
}

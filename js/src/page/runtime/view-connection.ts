/** Connects to a view of the vault that an engine has open. */
import { asStrongroomError } from "../../shared/errors/index.js";
import type { ViewOperation } from "../../shared/model/key-policy.js";
import type { ViewCalls } from "../../shared/protocol/view-calls.js";
import { pair } from "../../shared/rpc/in-process.js";
import type { Port } from "../../shared/rpc/port.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { workerPort } from "../../shared/workers/worker-port.js";
import { Connection } from "./connection.js";

/** A connection that ends with the vault's. */
export async function connectView(vault: Connection, operations: readonly ViewOperation[], keys: readonly string[] | undefined): Promise<Connection> {
  const { ours, theirs, close } = channelTo(vault);
  const view = new Connection(ours, () => {
    vault.views.delete(view);
    ours.post({ call: -1, method: "endView" satisfies keyof ViewCalls, args: [] }, []);
    close();
  });
  view.peer.used = (answered) => vault.peer.used(answered);
  vault.views.add(view);
  try {
    await vault.peer.call("view", theirs, [...operations], keys && [...keys]);
  } catch (error) {
    view.end(asStrongroomError(error));
    throw error;
  }
  return view;
}

/** Two ends of a channel: the engine's goes there with the call. */
function channelTo({ inline }: Connection): { ours: Port; theirs: MessagePort | Port; close(): void } {
  if (inline) {
    const [ours, theirs] = pair();
    return { ours, theirs, close: () => {} };
  }
  const { port1, port2 } = new MessageChannel();
  return { ours: workerPort(port1), theirs: transfer(port2, [port2]), close: () => port1.close() };
}

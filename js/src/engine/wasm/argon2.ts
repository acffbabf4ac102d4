/**
 * Argon2id in a Worker of its own. A wasm instance's memory never shrinks, so that the 64 MiB and
 * the passphrase would otherwise stay with the vault; this Worker ends with the derivation.
 *
 * The page starts it. In Firefox, `new Worker` in a Worker waits for the page's thread, and sometimes for ever;
 * this Worker, which holds the vault, must never wait for another.
 */
import { withTimeout } from "../../shared/async.js";
import { WorkerError } from "../../shared/errors/index.js";
import type { Argon2Calls } from "../../shared/protocol/engine-calls.js";
import type { PageCalls } from "../../shared/protocol/page-calls.js";
import { Peer } from "../../shared/rpc/peer.js";
import { transfer, transferSecret } from "../../shared/rpc/transfer.js";
import { workerPort } from "../../shared/workers/worker-port.js";
import type { Bindings, Stretch, StretchParameters } from "./bindings.js";

/** Milliseconds. The page gives a Worker 20 seconds to start, and says so if it does not: but a page may hang itself. */
const READY_TIMEOUT = 25_000;

/** In KiB, and so on: the least that there is. For the vaults of tests, whatever their records say. */
const TESTING_COST = [8, 1, 1] as const;

/** For a store of `strongroom/testing`. Another store's engine derives another key of the same passphrase. */
export function stretchForTests(bindings: Bindings): Stretch {
  return async (passphrase, salt) => {
    const derived = bindings.argon2id(passphrase, salt, ...TESTING_COST);
    passphrase.fill(0);
    return derived;
  };
}

/** @param page what starts the Worker; where there is none to start, this thread computes */
export function stretchWith(page: Peer<PageCalls>, bindings: Bindings): Stretch {
  return async (passphrase, ...parameters) => {
    try {
      return await inOwnWorker(page, passphrase, parameters);
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      return bindings.argon2id(passphrase, ...parameters);
    } finally {
      passphrase.fill(0);
    }
  };
}

/** Passphrase and result go from Worker to Worker: the page only passes the channel on. */
async function inOwnWorker(
  page: Peer<PageCalls>,
  passphrase: Uint8Array,
  parameters: StretchParameters,
): Promise<Uint8Array> {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const peer = new Peer<Argon2Calls>(workerPort(ours), {});
  const number = workers++;
  const ended = page.call("startArgon2", number, transfer(theirs, [theirs]));
  ended.catch((cause: unknown) => {
    peer.end(cause instanceof WorkerError ? cause : new WorkerError("no Worker for Argon2id", { cause }));
  });
  try {
    // Before that, nothing secret is in the channel.
    await withTimeout(peer.call("ready"), READY_TIMEOUT, late);
    return await peer.call("argon2id", transferSecret(new Uint8Array(passphrase)), ...parameters);
  } finally {
    page.call("stopArgon2", number).catch(() => {});
    ours.close();
  }
}

function late(): never {
  throw new WorkerError("the Worker for Argon2id did not start in time; reload the page and try again");
}

let workers = 0;

/** Keeps an unlocked vault's organisation policy up to date from a URL. Nobody waits for it. */
import { asStrongroomError } from "../../shared/errors/index.js";
import { DAY } from "../../shared/sentences.js";
import type { Connection } from "../runtime/connection.js";
import { fetchedPolicy } from "./fetched-policy.js";

/** Milliseconds between two looks at the clock: timers count no time in which a machine sleeps. What failed is tried again by then. */
const BETWEEN_LOOKS = 60 * 60 * 1000;

/** What an attempt failed with: its code, and when, in milliseconds since 1970. @internal */
export interface RefreshFailure {
  readonly error: string;
  readonly failed: number;
}

/** @internal */
export class PolicyRefresher {
  readonly #url: string;
  readonly #key: string;
  #running: AbortController | undefined;
  /** What the last attempt failed with; `undefined` once one has succeeded. */
  failure: RefreshFailure | undefined;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** Fetches now, and once a day until `end`. */
  begin(connection: Connection): void {
    this.end();
    const running = new AbortController();
    this.#running = running;
    let succeeded: number | undefined;
    const look = async (): Promise<void> => {
      // A clock that was set back must not keep a later policy away.
      if (succeeded !== undefined && Math.abs(Date.now() - succeeded) < DAY) return;
      if (await this.#refresh(connection, running.signal)) succeeded = Date.now();
    };
    const timer = setInterval(() => void look(), BETWEEN_LOOKS);
    (timer as { unref?(): void }).unref?.();
    running.signal.addEventListener("abort", () => clearInterval(timer));
    void look();
  }

  /** A policy was taken by another way: what failed before says nothing any more. */
  succeeded(): void {
    this.failure = undefined;
  }

  /** The vault is not unlocked any more. */
  end(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  /** It is no use of the vault, which would put off that it locks itself. */
  async #refresh(connection: Connection, signal: AbortSignal): Promise<boolean> {
    try {
      const policy = await fetchedPolicy(this.#url, signal);
      await connection.peer.callQuietly("joinOrganisation", policy, this.#key, false);
      this.succeeded();
      return true;
    } catch (error) {
      if (!signal.aborted) this.failure = { error: asStrongroomError(error).code, failed: Date.now() };
      return false;
    }
  }
}

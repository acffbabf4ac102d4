/** Requests to one address, as `fetch` sends them: none is sent again. */
import { SilentAnswer } from "../../shared/answer-body.js";
import { policyRefusal, watchPolicy } from "../../shared/connect-policy.js";
import { InputError } from "../../shared/errors/index.js";
import { watchSilence } from "../../shared/watch-silence.js";
import type { RangeRequests } from "./http-range.js";

const SILENT_SERVER = "the server has stopped answering; reading again may work";

export class AddressRequests implements RangeRequests {
  readonly #url: string;
  readonly #init: RequestInit;

  /** What was sent may be stale in the browser's cache, so that it is left out unless `init` says otherwise. */
  constructor(url: string, init: RequestInit) {
    this.#url = url;
    this.#init = { cache: "no-store", ...init };
  }

  async send(range: Headers, ended: AbortSignal | undefined): Promise<Response> {
    const headers = new Headers(this.#init.headers);
    range.forEach((value, name) => headers.set(name, value));
    const silent = new AbortController();
    const watch = watchSilence(() => silent.abort());
    const signal = AbortSignal.any([silent.signal, ...(ended ? [ended] : [])]);
    watchPolicy();
    try {
      return await fetch(this.#url, { ...this.#init, method: "GET", headers, signal });
    } catch (cause) {
      if (silent.signal.aborted) throw new InputError(SILENT_SERVER, { cause });
      const refusal = await policyRefusal(this.#url);
      if (refusal !== undefined) throw new InputError(refusal, { cause });
      const hint = "offline, or CORS does not let this page send Range and If-Match?";
      throw new InputError(`the object could not be fetched; ${hint}`, { cause });
    } finally {
      watch.end();
    }
  }

  broken(cause: unknown): InputError {
    return new InputError(cause instanceof SilentAnswer ? SILENT_SERVER : "the download broke off", { cause });
  }
}

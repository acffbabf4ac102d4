/** What a tab keeps of an unlock that survives a reload: one of the two halves that open the vault. */
import type { ExpectedVault } from "../../shared/model/expected-vault.js";
import type { KeptForReload, ReloadPeriod } from "../../shared/protocol/vault-calls.js";
import type { Connection } from "../runtime/connection.js";

const PREFIX = "strongroom:reload:";

/** What a tab keeps, under its vault's name. It opens nothing alone. */
export class ReloadKeeper {
  readonly #item: string;
  readonly #lasts: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether something is kept now. */
  keeps = false;

  constructor(vault: string, lasts: number) {
    this.#item = PREFIX + vault;
    this.#lasts = lasts;
  }

  /** Keeps what opens the vault after a reload; nothing, where the browser has no place for it. @param since when a factor opened it */
  async keep(connection: Connection, live: () => boolean, since = Date.now(), until = since + this.#lasts): Promise<void> {
    this.forget();
    if (!inSessionStorage(() => true)) return;
    const period = { since, until };
    const kept = await connection.peer.call("prepareReload", period).catch(() => {});
    if (!kept || !live()) return;
    const isKept = inSessionStorage((storage) => {
      storage.setItem(this.#item, JSON.stringify(kept));
      return true;
    });
    this.keeps = isKept === true;
    // The engine deletes its own half then: a call would count as use of the vault.
    this.#timer = setTimeout(() => this.forget(), until - Date.now());
    (this.#timer as { unref?(): void }).unref?.();
  }

  /** Opens the vault by what was kept before a reload: for how long; `undefined` where nothing opens it. */
  async reopen(connection: Connection, expect: ExpectedVault): Promise<ReloadPeriod | undefined> {
    const kept = inSessionStorage((storage) => keptIn(storage.getItem(this.#item)));
    this.forget();
    return (await connection.peer.call("reopen", kept, expect, this.#lasts).catch(() => {})) ?? undefined;
  }

  /** Has no reload open the vault any more: what is left elsewhere opens nothing without it. */
  forget(): void {
    this.keeps = false;
    clearTimeout(this.#timer);
    forgetReload(this.#item.slice(PREFIX.length));
  }
}

/** As `ReloadKeeper.forget`, of a vault by its name. @internal */
export function forgetReload(vault: string): void {
  inSessionStorage((storage) => storage.removeItem(PREFIX + vault));
}

/** What a page of the origin may have written. */
function keptIn(text: string | null): KeptForReload | undefined {
  const { key, text: kept } = JSON.parse(text ?? "{}") as Partial<KeptForReload>;
  return typeof key === "string" && typeof kept === "string" ? { key, text: kept } : undefined;
}

/** `undefined` where there is no `sessionStorage`, or it is full or blocked. */
function inSessionStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return typeof indexedDB === "undefined" ? undefined : use(sessionStorage);
  } catch {
    return undefined;
  }
}

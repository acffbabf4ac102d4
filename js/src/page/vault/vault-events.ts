/** What a vault tells its page of. */
import type { StrongroomError } from "../../shared/errors/index.js";
import type { VaultAlert } from "../../shared/model/vault-alert.js";
import type { VaultChange } from "../../shared/model/vault-change.js";
import type { AutoLockCause } from "./auto-lock.js";

/** How a vault became locked. */
export interface VaultLock {
  /**
   * A `LockedError` after `lock()`, by `autoLock` and `Strongroom.delete`, a `ClosedError` after `close()`, a `WorkerError` or
   * `WasmError` where the Worker stopped, an `IntegrityError` where the records were changed from outside, which is
   * found some time after unlocking; an `EvictedError` where the browser removed the vault from the disk, which is found
   * within ten seconds, whether or not the vault is used.
   */
  readonly reason: StrongroomError;
  /** Whether another tab did it, or another handle in this page. */
  readonly elsewhere: boolean;
  /** What the vault locked itself for, by `autoLock`; `undefined` otherwise. */
  readonly automatic: AutoLockCause | undefined;
}

/** The events of a vault, by their names. */
export interface VaultEventMap {
  /** The vault became locked. */
  lock: CustomEvent<VaultLock>;
  /**
   * A key, an object of the inventory, an upload or the vault key was changed. Of what another tab changed right before
   * it locked the vault, only the lock may be told.
   */
  change: CustomEvent<VaultChange>;
  /** A rule has found something, while `vault.alerts.watch()` looks: once for each alert's id. */
  alert: CustomEvent<VaultAlert>;
}

/** A listener of one event of a vault. */
export type VaultListener<Name extends keyof VaultEventMap> =
  | ((event: VaultEventMap[Name]) => unknown)
  | { handleEvent(event: VaultEventMap[Name]): unknown };

/** Events by their names. */
export type EventsOf<Events> = { [Name in keyof Events]: CustomEvent };

type ListenerOf<Event> = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };

/** An `EventTarget` whose events are a vault's, or a view's. */
export abstract class VaultEvents<Events extends EventsOf<Events> = VaultEventMap> extends EventTarget {
  /**
   * @example
   * vault.addEventListener("lock", ({ detail }) => showLogin(detail.reason));
   * vault.addEventListener("change", ({ detail }) => detail.noun === "keys" && reload(detail.ids));
   */
  override addEventListener<Name extends keyof Events & string>(
    type: Name,
    listener: ListenerOf<Events[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(type: string, listener: unknown, options?: boolean | AddEventListenerOptions): void {
    super.addEventListener(type, listener as EventListener | null, options);
  }

  override removeEventListener<Name extends keyof Events & string>(
    type: Name,
    listener: ListenerOf<Events[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(type: string, listener: unknown, options?: boolean | EventListenerOptions): void {
    super.removeEventListener(type, listener as EventListener | null, options);
  }

  /** @internal */
  protected tell<Name extends keyof Events & string>(type: Name, detail: Events[Name]["detail"]): void {
    this.dispatchEvent(new CustomEvent(type, { detail: Object.freeze(detail) }));
  }
}

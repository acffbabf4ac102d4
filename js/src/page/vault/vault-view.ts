/** A view of a vault: a handle with fewer rights. */
import { closeBy } from "../../shared/closeable.js";
import { ArgumentError, ClosedError, type StrongroomError } from "../../shared/errors/index.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { ViewOperation } from "../../shared/model/key-policy.js";
import { check, listOf, optionsOf, type Checks } from "../../shared/options.js";
import { nonEmpty } from "../../shared/text.js";
import { KeyLookup } from "../keys/key-lookup.js";
import { keyName } from "../keys/key-reference.js";
import type { Connection, UseEngine } from "../runtime/connection.js";
import { connectView } from "../runtime/view-connection.js";
import { VaultObjects } from "./vault-objects.js";

/** What a view of a vault is for. */
export interface ViewOptions {
  /** What it does: at least one operation on keys; no export. */
  operations: readonly ViewOperation[];
  /** The keys that it has, by alias, by id, or as the vault gave them: at least one. All keys, also those that are made later, unless given. */
  keys?: readonly KeyReference[] | undefined;
}

/** How a view ended. */
export interface ViewEnd {
  /** A `ClosedError` after its `close()`; else the reason with which the vault was locked or closed. */
  readonly reason: StrongroomError;
}

/** The events of a view, by their names. */
export interface ViewEventMap {
  /** It has ended, and does not begin again. */
  end: CustomEvent<ViewEnd>;
}

const VIEW = { operations: check.any, keys: check.any } satisfies Checks<ViewOptions>;

/**
 * What `vault.view` gives: a handle of the unlocked vault for some operations on some keys. A key that it does not list is not there
 * (`NoKeyError`), and an operation that it does not list is refused (`PolicyError` with `policy: "view"`), before any policy is asked. It has no
 * factors, backups, inventory, uploads or audit log, and makes no keys.
 *
 * @example
 * using gallery = await vault.view({ operations: ["decrypt"], keys: ["photos"] });
 * gallery.addEventListener("end", () => hidePhotos());
 */
export class VaultView extends VaultObjects<ViewEventMap> {
  /** `close()`, for `using`; there where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;
  /** The keys that it has. */
  readonly keys: KeyLookup;
  /** What it does. */
  readonly operations: readonly ViewOperation[];
  /** @internal */
  protected override readonly use: UseEngine;
  /** @internal */
  protected override readonly home = undefined;
  readonly #connection: Connection;

  /** @internal */
  private constructor(vault: UseEngine, connection: Connection, operations: readonly ViewOperation[]) {
    super();
    this.#connection = connection;
    this.operations = Object.freeze(operations);
    this.use = () => {
      if (connection.ending.aborted) throw connection.ending.reason as StrongroomError;
      // A vault whose time is over is locked by that.
      vault();
      return connection;
    };
    this.keys = new KeyLookup(this.use);
    connection.onEnd = (reason) => this.tell("end", { reason });
  }

  /** @internal */
  static async of(vault: UseEngine, options: ViewOptions): Promise<VaultView> {
    const given = optionsOf(options, VIEW);
    if (given.operations === undefined) throw new ArgumentError("operations: what the view is for");
    const operations = listOf(given.operations, "operations").map((name) => nonEmpty(name, "an operation") as ViewOperation);
    const keys = given.keys && listOf(given.keys, "keys").map(keyName);
    return new VaultView(vault, await connectView(vault(), operations, keys), operations);
  }

  /** Whether it has ended: it was closed, or the vault was locked or closed since it was made. */
  get ended(): boolean {
    return this.#connection.ending.aborted;
  }

  /** Ends it, and the bodies and objects that it has open. Twice is fine; used afterwards is `ERR_CLOSED`. The vault stays as it is. */
  close(): void {
    this.#connection.end(new ClosedError("this view was closed"));
  }

  static {
    closeBy(VaultView.prototype, "dispose");
  }
}

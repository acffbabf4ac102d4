/** A vault's line to its engine: whether it is unlocked, and how that ends. */
import { connectVault, isShared, type Connection, type Place } from "./connection.js";
import { ClosedError, IntegrityError, LockedError, type StrongroomError } from "./errors.js";
import { encodeFactor, type Factor } from "./factors.js";
import type { VaultName } from "./protocol.js";
import { transferSecret } from "./rpc.js";
import { Tabs } from "./tabs.js";

export class Line {
  readonly #name: string;
  readonly #place: Place;
  readonly #tabs: Tabs | undefined;
  readonly #onLock: (reason: StrongroomError) => void;
  #connection: Connection | undefined;
  #unlocked: boolean;
  #closed = false;

  constructor(
    connection: Connection,
    vault: VaultName,
    unlocked: boolean,
    place: Place,
    onLock: (reason: StrongroomError) => void,
  ) {
    this.#name = vault.name;
    this.#place = place;
    this.#unlocked = unlocked;
    this.#onLock = onLock;
    if (isShared(place)) this.#tabs = new Tabs(vault, (why) => this.#end(elsewhere(why)));
    this.#hold(connection);
  }

  get unlocked(): boolean {
    return this.#unlocked;
  }

  /** The engine of an unlocked vault. */
  readonly use = (): Connection => {
    this.#live();
    if (!this.#connection || !this.#unlocked) {
      throw new LockedError("the vault is locked; unlock it first");
    }
    return this.#connection;
  };

  async unlock(factor: Factor): Promise<void> {
    const secret = encodeFactor(factor);
    const connection = await this.#connect();
    await connection.peer.call("unlock", transferSecret(secret), this.#place.lastSeenHead);
    if (this.#connection === connection) this.#unlocked = true;
  }

  lock(): void {
    this.#live();
    this.lockOthers();
    this.#end(new LockedError("the vault was locked"));
  }

  lockOthers(): void {
    this.#tabs?.lock("locked");
  }

  close(): void {
    this.#closed = true;
    this.#tabs?.close();
    this.#end(new ClosedError("this vault was closed"));
  }

  async #connect(): Promise<Connection> {
    this.#live();
    if (this.#connection) return this.#connection;
    const connection = await connectVault(this.#place);
    await connection.peer.call("open", this.#name);
    // Two unlocks at once: the first connection stays.
    if (this.#closed || this.#connection) {
      connection.end(new ClosedError("this vault was closed"));
      return this.#connect();
    }
    this.#hold(connection);
    return connection;
  }

  #hold(connection: Connection): void {
    this.#connection = connection;
    connection.onFailed = (reason) => {
      if (reason instanceof IntegrityError) this.#tabs?.lock("changed");
      connection.end(reason);
    };
    connection.onEnd = (reason) => {
      const wasUnlocked = this.#unlocked;
      this.#connection = undefined;
      this.#unlocked = false;
      if (wasUnlocked) this.#onLock(reason);
    };
  }

  #end(reason: StrongroomError): void {
    this.#connection?.end(reason);
  }

  #live(): void {
    if (this.#closed) throw new ClosedError("this vault was closed");
  }
}

function elsewhere(why: unknown): StrongroomError {
  return why === "changed"
    ? new IntegrityError("another tab found that the vault's records were changed from outside")
    : new LockedError("the vault was locked in another tab");
}

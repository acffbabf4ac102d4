/** Keys that live in the engine, outside any vault. */
import { Closeable } from "../../shared/closeable.js";
import { ClosedError } from "../../shared/errors/index.js";
import type { PublicJwk } from "../../shared/model/jwk.js";
import type { WireKey } from "../../shared/protocol/standalone-calls.js";
import { frozen } from "../../shared/text.js";
import type { Connection } from "../runtime/connection.js";

/** Who may open: a key's handle, or a public JWK. */
export type Recipient = Key | PublicJwk;

/** A handle of a key that stays with the engine. Free it by `close()`. */
export class Key extends Closeable {
  /** The JWK's own `kid`, otherwise its RFC 7638 thumbprint. */
  readonly kid: string;
  readonly type: "A256KW" | "P-256";
  /** Whether the handle holds a secret, or only the public half of a pair. */
  readonly secret: boolean;
  /** The public half; `undefined` for a symmetric key. */
  readonly publicKey: PublicJwk | undefined;
  readonly #connection: Connection;
  readonly #handle: number;
  #closed = false;

  /** @internal */
  constructor(connection: Connection, key: WireKey) {
    super();
    this.#connection = connection;
    this.#handle = key.handle;
    this.kid = key.kid;
    this.type = key.kty === "oct" ? "A256KW" : "P-256";
    this.secret = key.secret;
    this.publicKey = key.publicJwk === undefined ? undefined : frozen(JSON.parse(key.publicJwk) as PublicJwk);
  }

  /** Erases the key from the engine's memory. Twice is fine; used afterwards is `ERR_CLOSED`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.peer.call("freeKey", this.#handle).catch(() => {});
  }

  /** The engine's number for this key, if `connection` is the engine that has it. @internal */
  handle(connection: Connection): number {
    if (this.#closed) throw new ClosedError("this key was closed");
    if (connection !== this.#connection) throw new ClosedError("this key's Worker ended");
    return this.#handle;
  }
}

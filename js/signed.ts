/** Payloads of signatures, as bytes. */
import { wellFormed } from "./context.js";
import { ArgumentError } from "./errors.js";
import { transfer } from "./rpc.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** A copy, which moves. */
export function payloadBytes(payload: Uint8Array | string): Bytes {
  const text = typeof payload === "string";
  if (!text && !(payload instanceof Uint8Array)) throw new ArgumentError("the payload must be bytes or text");
  const bytes = text ? new TextEncoder().encode(wellFormed(payload, "the payload")) : new Uint8Array(payload);
  return transfer(bytes, [bytes.buffer]);
}

/** Of a compact JWS that was verified: base64url, which `atob` knows by other characters. */
export function payloadOf(token: string): Bytes {
  const [, payload = ""] = token.split(".");
  const base64 = payload.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Payloads of signatures, as bytes. */
import { fromBase64Url, type Bytes } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { wellFormed } from "../../shared/text.js";

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
  return fromBase64Url(payload);
}

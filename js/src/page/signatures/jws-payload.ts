/** Payloads of signatures, as bytes. */
import { fromBase64Url, type Bytes } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { bytesIn, isUint8Array } from "../../shared/kinds.js";
import { transfer } from "../../shared/rpc/transfer.js";
import { utf8, wellFormed } from "../../shared/text.js";

/** A copy, which moves. */
export function payloadBytes(payload: Uint8Array | string): Bytes {
  const bytes = typeof payload === "string" ? payloadText(payload) : payloadCopy(payload);
  return transfer(bytes, [bytes.buffer]);
}

function payloadText(payload: string): Bytes {
  return utf8(wellFormed(payload, "the payload"));
}

function payloadCopy(payload: Uint8Array): Bytes {
  const bytes = isUint8Array(payload) && bytesIn(payload, "the payload");
  if (!bytes) throw new ArgumentError("the payload must be bytes or text");
  return new Uint8Array(bytes);
}

/** Of a compact JWS that was verified: base64url, which `atob` knows by other characters. */
export function payloadOf(token: string): Bytes {
  const [, payload = ""] = token.split(".");
  return fromBase64Url(payload);
}

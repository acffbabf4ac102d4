/** The secret in the JSON of a key management service's answer. */
import { fromBase64, fromBase64Url, toBase64, toBase64Url, type Bytes } from "./bytes.js";
import { crc32c } from "./crc32c.js";
import { KmsError } from "./errors/index.js";
import type { SecretMember } from "./model/kms-request.js";

/** An answer's JSON without its secret, and the secret. @internal */
export interface SplitAnswer {
  readonly json: Record<string, unknown>;
  readonly secret: Bytes;
}

/** What every secret has: it is a key of 256 bits, or the x-coordinate of a point on P-256. */
const SECRET_BYTES = 32;

/** The members of a JSON text that is an object. @internal */
export function membersIn(body: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the secret, and its checksum, out of an answer. The caller wipes it. @throws KmsError @internal */
export function splitSecret(json: Record<string, unknown>, { secret: name, encoding, crc32c: sum }: SecretMember): SplitAnswer {
  const { [name]: text, ...rest } = json;
  const secret = typeof text === "string" ? decoded(text, encoding) : undefined;
  if (!secret) throw malformed("the answer does not have 32 bytes");
  if (sum === undefined) return { json: rest, secret };
  const { [sum]: checksum, ...others } = rest;
  // An int64, which JSON has as text.
  if (String(checksum) === String(crc32c(secret))) return { json: others, secret };
  secret.fill(0);
  throw malformed("the checksum of the answer is another one");
}

/** In the one form that the bytes have: others of the same bytes are refused. */
function decoded(text: string, encoding: SecretMember["encoding"]): Bytes | undefined {
  let bytes;
  try {
    bytes = encoding === "base64" ? fromBase64(text) : fromBase64Url(text);
  } catch {
    return undefined;
  }
  if (bytes.byteLength === SECRET_BYTES && text === (encoding === "base64" ? toBase64(bytes) : toBase64Url(bytes))) return bytes;
  bytes.fill(0);
  return undefined;
}

function malformed(words: string): KmsError {
  return new KmsError(`${words}; check the address and what lies between this page and the service`, { reason: "malformed" });
}

/** Keys that come from elsewhere, as the core takes them: JWKs. */
import { fromBase64, toBase64Url, type Bytes } from "../../shared/bytes.js";
import { MalformedError, UnsupportedError } from "../../shared/errors/index.js";

/** The JWK's text, of 32 bytes (which are wiped), of PEM, or of a JWK's text. */
export async function jwkText(material: Uint8Array | string): Promise<string> {
  if (typeof material !== "string") return rawJwk(material);
  const pem = /-----BEGIN ([^-]*)-----([^-]*)-----END/.exec(material);
  return pem ? pemJwk(pem[1] as string, pem[2] as string) : material;
}

function rawJwk(bytes: Uint8Array): string {
  const k = toBase64Url(bytes);
  bytes.fill(0);
  return JSON.stringify({ kty: "oct", k });
}

/** The labels of RFC 7468 §10 and §13, the formats of Web Crypto, and what such a key may do there. */
const FORMATS: Partial<Record<string, [format: "pkcs8" | "spki", usage: KeyUsage]>> = {
  "PRIVATE KEY": ["pkcs8", "sign"],
  "PUBLIC KEY": ["spki", "verify"],
};

async function pemJwk(label: string, base64: string): Promise<string> {
  const format = FORMATS[label];
  if (!format) throw unsupported(`PEM of ${label}; convert it by openssl pkcs8 -topk8 -nocrypt`);
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) throw unsupported("PEM on a page without TLS");
  const { kty, crv, x, y, d } = await converted(subtle, ...format, decodedPem(base64));
  return JSON.stringify({ kty, crv, x, y, d });
}

async function converted(
  subtle: SubtleCrypto,
  format: "pkcs8" | "spki",
  usage: KeyUsage,
  der: Bytes,
): Promise<JsonWebKey> {
  try {
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    return await subtle.exportKey("jwk", await subtle.importKey(format, der, curve, true, [usage]));
  } catch (cause) {
    throw unsupported(namesCurve(der) ? WITHOUT_PUBLIC : "PEM that holds no P-256 key", cause);
  } finally {
    der.fill(0);
  }
}

/**
 * RFC 5915 §3 lets a private key come without its public half. Chromium and Node compute it, Firefox refuses the key: then
 * it is a P-256 key by its OID (RFC 5480 §2.1.1.1).
 */
function namesCurve(der: Bytes): boolean {
  return der.some((_, at) => P256.every((byte, offset) => der[at + offset] === byte));
}

const P256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const WITHOUT_PUBLIC = "PEM of a P-256 key that this browser cannot read; it needs a key with its public half";

/** `atob` passes over white space. */
function decodedPem(base64: string): Bytes {
  try {
    return fromBase64(base64);
  } catch (cause) {
    const where = "the PEM's base64";
    throw new MalformedError(`malformed: ${where}`, { where, cause });
  }
}

function unsupported(what: string, cause?: unknown): UnsupportedError {
  return new UnsupportedError(`not supported: ${what}`, { what, cause });
}

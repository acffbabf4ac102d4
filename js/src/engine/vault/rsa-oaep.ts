/** `RSA-OAEP-256` by `crypto.subtle`: RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 8017 §7.1). */
import type { Bytes } from "../../shared/bytes.js";
import { UnsupportedError } from "../../shared/errors/index.js";

/** Encrypts a key to a public key, which is a SubjectPublicKeyInfo in DER. The key is wiped. @throws UnsupportedError */
export async function encryptOaep(spki: Bytes, key: Bytes): Promise<Bytes> {
  try {
    const imported = await crypto.subtle.importKey("spki", spki, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
    return new Uint8Array(await crypto.subtle.encrypt("RSA-OAEP", imported, key));
  } catch (cause) {
    throw new UnsupportedError("this browser does not encrypt to this RSA key", { cause });
  } finally {
    key.fill(0);
  }
}

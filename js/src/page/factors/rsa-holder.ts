/** The private half of an escrow of RSA, given as a JWK: this page decrypts with it, as a key management service would. */
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, WrongFactorError } from "../../shared/errors/index.js";
import type { KmsAdapter, KmsPublicJwk, KmsUnwrapRequest } from "../../shared/model/kms-adapter.js";

const OAEP = { name: "RSA-OAEP", hash: "SHA-256" } as const;
/** Those of a private key of two primes (RFC 7518 §6.3.2). */
const MEMBERS = ["kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"] as const;

/** Holds its key privately. @internal */
export class RsaHolder implements KmsAdapter {
  readonly #jwk: JsonWebKey;

  /** @throws ArgumentError for a key that lacks a number */
  constructor(jwk: JsonWebKey) {
    const missing = MEMBERS.filter((name) => typeof jwk[name] !== "string");
    if (missing.length > 0) throw new ArgumentError(`an escrow opens by a private JWK, and this one of RSA lacks ${missing.join(", ")}`);
    if (jwk.oth !== undefined) throw new ArgumentError("an RSA key of more than two primes is not taken");
    if (jwk.alg !== undefined && jwk.alg !== "RSA-OAEP-256") throw new ArgumentError("the key says that it is for another algorithm than RSA-OAEP-256");
    // A copy, without what else describes it.
    this.#jwk = Object.fromEntries(MEMBERS.map((name) => [name, jwk[name]]));
  }

  async publicKey(): Promise<KmsPublicJwk> {
    const { n, e } = this.#jwk as { n: string; e: string };
    return { kty: "RSA", n, e, kid: "this page" };
  }

  async unwrap(request: KmsUnwrapRequest): Promise<Bytes> {
    if (request.algorithm !== "RSA-OAEP-256") throw new WrongFactorError("the vault has the key for another algorithm");
    const key = await crypto.subtle.importKey("jwk", this.#jwk, OAEP, false, ["decrypt"]).catch((cause: unknown) => {
      throw new ArgumentError("the private key is no RSA key that this browser takes", { cause });
    });
    try {
      return withZeros(new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", key, request.encryptedKey)));
    } catch (cause) {
      throw new WrongFactorError("the private key does not open what the vault has for it", { cause });
    }
  }
}

/** Of 32 bytes: WebKitGTK takes the zeros away that a plaintext begins with. Whether they were there, what the key opens tells. */
function withZeros(plain: Bytes): Bytes {
  if (plain.byteLength >= SIZE) return plain;
  const whole = new Uint8Array(SIZE);
  whole.set(plain, SIZE - plain.byteLength);
  plain.fill(0);
  return whole;
}

/** Bytes of a content key. */
const SIZE = 32;

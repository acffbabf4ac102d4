/** Objects for more recipients, written from docs/format.md §5 by `jose` and `node:crypto`: nothing here is strongroom's code, so a test can write what a vault never would. */
import { createCipheriv, createHash, hkdfSync, randomBytes, randomUUID } from "node:crypto";
import { CompactSign, GeneralEncrypt, base64url, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";

const BLOCK = 262_144;
const sha256 = (/** @type {Uint8Array} */ data) => createHash("sha256").update(data).digest();
const u32 = (/** @type {number} */ value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A vault's identity: what signs, and its thumbprint. */
export async function newIdentity() {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const { crv, kty, x, y } = await exportJWK(publicKey);
  const jwk = { crv, kty, x, y };
  return { privateKey, jwk, thumbprint: await calculateJwkThumbprint(/** @type {any} */ (jwk)), vault: base64url.encode(randomBytes(16)) };
}

/** @typedef {Awaited<ReturnType<typeof newIdentity>>} VaultIdentity */

/**
 * An object for the vault's own key and for these public JWKs, each under its `kid`.
 *
 * @param {Uint8Array} plain
 * @param {{ identity: VaultIdentity, recipients: any[], context?: Record<string, string>, covers?: "header" | "content", change?: (payload: any) => any, typ?: string }} how
 */
export async function writeSharedObject(plain, { identity, recipients, context = {}, covers = "content", change = (payload) => payload, typ = "sr-share+jws" }) {
  const aad = Buffer.from(canonical(context));
  const dek = { kty: "oct", k: base64url.encode(randomBytes(32)) };
  const object = await calculateJwkThumbprint(/** @type {any} */ (dek));
  const listed = JSON.stringify({ ...dek, file: { name: "a.txt", size: plain.length }, recipients });
  const encrypt = new GeneralEncrypt(Buffer.from(listed));
  encrypt.setProtectedHeader({ enc: "A256GCM", cty: "jwk+json", jkt: object, ...(aad.length > 0 && { ctx: base64url.encode(sha256(aad)) }) });
  const own = { kid: `${randomUUID()}.1` };
  encrypt.addRecipient(randomBytes(32)).setUnprotectedHeader({ alg: "A256KW", ...own });
  const named = [/** @type {object} */ (own)];
  for (const { kid, ...jwk } of recipients) {
    const alg = jwk.kty === "RSA" ? "RSA-OAEP-256" : "ECDH-ES+A256KW";
    encrypt.addRecipient(await importJWK(jwk, alg)).setUnprotectedHeader({ alg, kid });
    named.push({ kid, jkt: await calculateJwkThumbprint(jwk) });
  }
  const header = Buffer.from(JSON.stringify(await encrypt.encrypt()));
  const body = bodyOf(plain, base64url.decode(dek.k), aad);
  const blocks = Array.from({ length: Math.ceil(body.length / BLOCK) }, (_, at) => sha256(body.subarray(at * BLOCK, (at + 1) * BLOCK)));
  const payload = change({
    vault: identity.vault,
    sequence: Date.now(),
    object,
    header: base64url.encode(sha256(header)),
    recipients: named,
    ...(covers === "content" && { content: { size: body.length, segments: base64url.encode(Buffer.concat(blocks)) } }),
  });
  const sign = new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader(/** @type {any} */ ({ alg: "ES256", typ, jwk: identity.jwk }));
  const signature = Buffer.from(await sign.sign(identity.privateKey));
  return { id: object, header, signature, body };
}

/** One file. @param {{ header: Buffer, signature: Buffer, body: Buffer }} object */
export const attachedObject = ({ header, signature, body }) =>
  Buffer.concat([Buffer.from("SRM\x02"), u32(header.length), header, u32(signature.length), signature, body]);

/** RFC 8785: an object of JavaScript's has names that look like numbers first. @param {Record<string, string>} context */
function canonical(context) {
  const members = Object.keys(context).toSorted().map((name) => `${JSON.stringify(name)}:${JSON.stringify(context[name])}`);
  return members.length > 0 ? `{${members.join(",")}}` : "";
}

/** @param {Uint8Array} plain @param {Uint8Array} dek @param {Buffer} aad */
function bodyOf(plain, dek, aad) {
  const [salt, prefix] = [randomBytes(32), randomBytes(7)];
  const key = new Uint8Array(hkdfSync("sha256", dek, salt, aad, 32));
  const pieces = [Buffer.concat([Buffer.of(40), salt, prefix])];
  const first = BLOCK - 40 - 16;
  let at = 0;
  for (let count = 0; count === 0 || at < plain.length; count++) {
    const piece = plain.subarray(at, at + (count === 0 ? first : BLOCK - 16));
    at += piece.length;
    const cipher = createCipheriv("aes-256-gcm", key, Buffer.concat([prefix, u32(count), Buffer.of(at < plain.length ? 0 : 1)]));
    pieces.push(cipher.update(piece), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(pieces);
}

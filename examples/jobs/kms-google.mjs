/**
 * What Google Cloud KMS answers, by its own client. GOOGLE_OAUTH_ACCESS_TOKEN is a token; without it the client finds credentials where it always does.
 * GOOGLE_KMS_ENDPOINT is another address, of this machine.
 */
import { v1 } from "@google-cloud/kms";
import { GoogleAuth, OAuth2Client } from "google-auth-library";

/**
 * The 32 bytes that a key opens. The answer does not name the key: TLS and the address tell that it is from there. Checksums tell that nothing was changed on the way.
 *
 * @param {string} name of a key's version
 * @param {{ encrypted?: Uint8Array }} of an entry of RSA-OAEP-256
 * @returns {Promise<{ named: string | undefined, secret: Uint8Array | undefined }>}
 */
export async function ask(name, { encrypted }) {
  if (!encrypted) return { named: undefined, secret: undefined };
  const client = new v1.KeyManagementServiceClient({ fallback: true, ...endpoint(), ...credentials() });
  const [answer] = await client.asymmetricDecrypt({ name, ciphertext: encrypted, ciphertextCrc32c: { value: crc32c(encrypted) } }).catch(refused);
  const secret = Buffer.from(answer.plaintext ?? "");
  const isWhole = answer.verifiedCiphertextCrc32c === true && Number(answer.plaintextCrc32c?.value) === crc32c(secret);
  return { named: isWhole ? name : undefined, secret };
}

/** The code of a refusal, which the client has inside its message; that repeats what the service says. @param {Error} cause @returns {never} */
function refused(cause) {
  let code;
  try {
    code = JSON.parse(cause.message).error.status;
  } catch {
    // No answer of the service's.
  }
  throw Object.assign(new Error("Google Cloud KMS refuses", { cause }), { code });
}

function endpoint() {
  const given = process.env.GOOGLE_KMS_ENDPOINT;
  if (given === undefined) return {};
  const { hostname, port, protocol } = new URL(given);
  return { apiEndpoint: hostname, port: Number(port), protocol: protocol.replace(":", "") };
}

function credentials() {
  const token = process.env.GOOGLE_OAUTH_ACCESS_TOKEN;
  if (token === undefined) return {};
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: token });
  return { auth: new GoogleAuth({ authClient }) };
}

/** CRC32C (RFC 3720 appendix B.4), a bit at a time: a key's ciphertext has 512 bytes at most. @param {Uint8Array} bytes */
function crc32c(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

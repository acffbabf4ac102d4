/**
 * A FAKE of Google Cloud KMS, for tests: REST v1, with key rings, keys for `ASYMMETRIC_DECRYPT` and their versions.
 *
 * Sources: paths, members, states and checksums from `resources.proto` and `service.proto` in `@google-cloud/kms` 5.7; errors are
 * `google.rpc.Status` as JSON (google.aip.dev/193). A version's state beside FAILED_PRECONDITION, with its `KEY_DISABLED` violation, as
 * gcloud prints it; the checksum's message from "Verify end-to-end data integrity" (docs.cloud.google.com/kms) and gcloud's own source,
 * which looks for it; PERMISSION_DENIED "(or it may not exist)" as gcloud prints it. Google's APIs let pages of every origin in.
 * The message of a ciphertext that does not decrypt is not taken from anywhere.
 */
import { createPublicKey, randomBytes } from "node:crypto";
import { crc32c } from "./crc32c.mjs";
import { Refusal, jsonOf, serveFake } from "./fake.mjs";
import { decryptOaep, generateKey } from "./keys.mjs";

const STATES = /** @type {Record<string, number>} */ ({ ENABLED: 1, DISABLED: 2, DESTROYED: 3, DESTROY_SCHEDULED: 4, PENDING_GENERATION: 5 });
/** Its number, the bits and the hash. */
const ALGORITHMS = /** @type {Record<string, [number, number, string]>} */ ({
  RSA_DECRYPT_OAEP_2048_SHA256: [8, 2048, "sha256"],
  RSA_DECRYPT_OAEP_3072_SHA256: [9, 3072, "sha256"],
  RSA_DECRYPT_OAEP_4096_SHA256: [10, 4096, "sha256"],
  RSA_DECRYPT_OAEP_2048_SHA1: [37, 2048, "sha1"],
});
const CODES = /** @type {Record<string, number>} */ ({
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
});

/** @typedef {{ name: string, algorithm: string, state: string, privateKey: import("node:crypto").KeyObject, created: string }} Version */

/** @param {string} status @param {string} message @param {unknown[]} [details] @param {Record<string, string>} [headers] */
const fail = (status, message, details, headers) =>
  new Refusal(/** @type {number} */ (CODES[status]), { error: { code: CODES[status], message, status, ...(details && { details }) } }, headers);

const mustBeEnabled = (/** @type {Version} */ { name, state: now }) => {
  if (now === "ENABLED") return;
  const violation = { type: now === "DISABLED" ? "KEY_DISABLED" : "KEY_DESTROYED", subject: name };
  throw fail("FAILED_PRECONDITION", `${name} is not enabled, current state is: ${now}.`, [{ "@type": "type.googleapis.com/google.rpc.PreconditionFailure", violations: [violation] }]);
};
/** @param {Version} version @param {boolean} numbers */
const described = ({ name, state: now, algorithm, created }, numbers) => ({
  name,
  state: numbers ? STATES[now] : now,
  protectionLevel: numbers ? 1 : "SOFTWARE",
  algorithm: numbers ? ALGORITHMS[algorithm]?.[0] : algorithm,
  createTime: created,
  generateTime: created,
  ...(now === "DESTROY_SCHEDULED" && { destroyTime: new Date(Date.now() + 30 * 86_400_000).toISOString() }),
});
/** An enum's name, where a client sends its number. @param {unknown} given @param {Record<string, number>} numbers */
const enumOf = (given, numbers) => Object.entries(numbers).find(([, number]) => number === given)?.[0] ?? String(given);
const algorithmIn = (/** @type {any} */ template) => enumOf(template?.algorithm, Object.fromEntries(Object.entries(ALGORITHMS).map(([name, [number]]) => [name, number])));

/** @param {import("./fake.mjs").Asked} asked @returns {Record<string, string>} */
function corsOf({ headers }) {
  if (headers.origin === undefined) return {};
  return {
    "access-control-allow-origin": headers.origin,
    vary: "Origin, X-Origin, Referer",
    "access-control-allow-methods": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT",
    "access-control-allow-headers": String(headers["access-control-request-headers"] ?? ""),
    "access-control-max-age": "3600",
  };
}

export async function fakeGoogleKms({ ring = "projects/strongroom-test/locations/europe-west3/keyRings/tests" } = {}) {
  const rings = new Set([ring]);
  /** @type {Map<string, Version>} */
  const versions = new Map();
  /** The algorithm of a key's next version. @type {Map<string, string>} */
  const templates = new Map();
  /** @type {Map<string, { expired: boolean }>} */
  const tokens = new Map();
  const state = { corruptRequests: 0 };

  const mayCall = (/** @type {import("./fake.mjs").Asked} */ { headers }) => {
    const [, bearer = ""] = /^Bearer (.+)$/.exec(headers.authorization ?? "") ?? [];
    const known = tokens.get(bearer);
    if (known && !known.expired) return;
    throw fail(
      "UNAUTHENTICATED",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
      [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: known ? "ACCESS_TOKEN_EXPIRED" : "ACCESS_TOKEN_TYPE_UNSUPPORTED", domain: "googleapis.com", metadata: { service: "cloudkms.googleapis.com" } }],
      { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
    );
  };
  const need = (/** @type {string} */ permission, /** @type {string} */ name) => {
    if (fake.faults.denied) throw fail("PERMISSION_DENIED", `Permission 'cloudkms.${permission}' denied on resource '${name}' (or it may not exist).`);
  };
  const found = (/** @type {string} */ name) => {
    const version = versions.get(name);
    if (!version) throw fail("NOT_FOUND", `CryptoKeyVersion ${name} not found.`);
    return version;
  };
  const nextVersion = (/** @type {string} */ key) => `${key}/cryptoKeyVersions/${[...versions.keys()].filter((name) => name.startsWith(`${key}/`)).length + 1}`;

  /**
   * Makes a key's new version, and the key where it is new.
   *
   * @param {string} id the key's, in the ring
   * @param {{ algorithm?: string, privateKey?: import("node:crypto").KeyObject }} [given]
   */
  const addKey = (id, { algorithm = "RSA_DECRYPT_OAEP_3072_SHA256", privateKey } = {}) => addVersion(`${ring}/cryptoKeys/${id}`, algorithm, privateKey);
  const addVersion = (/** @type {string} */ key, /** @type {string} */ algorithm, /** @type {import("node:crypto").KeyObject | undefined} */ privateKey) => {
    const [, bits = 0] = ALGORITHMS[algorithm] ?? [];
    if (!bits) throw fail("INVALID_ARGUMENT", `this fake has no keys of ${algorithm}`);
    templates.set(key, algorithm);
    const version = { name: nextVersion(key), algorithm, state: "ENABLED", privateKey: privateKey ?? generateKey(bits), created: new Date().toISOString() };
    versions.set(version.name, version);
    return version;
  };
  const set = (/** @type {string} */ name, /** @type {string} */ next, /** @type {string[]} */ ...from) => {
    const version = found(name);
    if (!from.includes(version.state)) throw fail("FAILED_PRECONDITION", `${name} cannot become ${next}, current state is: ${version.state}.`);
    version.state = next;
    return version;
  };


  /** @type {Record<string, (name: string, body: any, query: URLSearchParams, numbers: boolean) => unknown>} */
  const operations = {
    "GET cryptoKeyVersions"(name, _, __, numbers) {
      need("cryptoKeyVersions.get", name);
      return described(found(name), numbers);
    },
    /** A key's versions, all on one page. */
    "GET versions"(key, _, __, numbers) {
      need("cryptoKeyVersions.list", key);
      if (!templates.has(key)) throw fail("NOT_FOUND", `CryptoKey ${key} not found.`);
      const listed = [...versions.values()].filter(({ name }) => name.startsWith(`${key}/`));
      return { cryptoKeyVersions: listed.map((version) => described(version, numbers)), totalSize: listed.length };
    },
    "GET publicKey"(name, _, __, numbers) {
      need("cryptoKeyVersions.viewPublicKey", name);
      const version = found(name);
      mustBeEnabled(version);
      const pem = createPublicKey(version.privateKey).export({ type: "spki", format: "pem" }).toString();
      const { algorithm } = described(version, numbers);
      return { pem, algorithm, pemCrc32c: String(crc32c(Buffer.from(pem))), name, protectionLevel: numbers ? 1 : "SOFTWARE", publicKeyFormat: numbers ? 1 : "PEM" };
    },
    "POST asymmetricDecrypt"(name, { ciphertext, ciphertextCrc32c }, _, numbers) {
      need("cryptoKeyVersions.useToDecrypt", name);
      const version = found(name);
      mustBeEnabled(version);
      const encrypted = Buffer.from(String(ciphertext ?? ""), "base64");
      if (state.corruptRequests > 0 && encrypted.length > 0) {
        state.corruptRequests -= 1;
        encrypted[0] = /** @type {number} */ (encrypted[0]) ^ 1;
      }
      const checked = ciphertextCrc32c !== undefined && ciphertextCrc32c !== null;
      if (checked && String(crc32c(encrypted)) !== String(ciphertextCrc32c)) {
        throw fail("INVALID_ARGUMENT", "The checksum in field ciphertext_crc32c did not match the data in field ciphertext.");
      }
      const [, , hash = ""] = ALGORITHMS[version.algorithm] ?? [];
      const plaintext = decryptOaep(version.privateKey, encrypted, hash);
      if (!plaintext) throw fail("INVALID_ARGUMENT", "Decryption failed: the ciphertext is invalid.");
      return {
        plaintext: plaintext.toString("base64"),
        plaintextCrc32c: String(crc32c(plaintext)),
        ...(checked && { verifiedCiphertextCrc32c: true }),
        protectionLevel: numbers ? 1 : "SOFTWARE",
      };
    },
    "PATCH cryptoKeyVersions"(name, { state: given }, query, numbers) {
      const next = enumOf(given, STATES);
      if (query.get("updateMask") !== "state" || !["ENABLED", "DISABLED"].includes(next)) throw fail("INVALID_ARGUMENT", "only the state changes, to ENABLED or DISABLED");
      return described(set(name, next, "ENABLED", "DISABLED"), numbers);
    },
    "POST destroy": (name, _, __, numbers) => described(set(name, "DESTROY_SCHEDULED", "ENABLED", "DISABLED"), numbers),
    "POST restore": (name, _, __, numbers) => described(set(name, "DISABLED", "DESTROY_SCHEDULED"), numbers),
    "POST cryptoKeys"(parent, { purpose, versionTemplate }, query, numbers) {
      const key = `${parent}/cryptoKeys/${query.get("cryptoKeyId")}`;
      if (!rings.has(parent)) throw fail("NOT_FOUND", `KeyRing ${parent} not found.`);
      if (templates.has(key)) throw fail("ALREADY_EXISTS", `CryptoKey ${key} already exists.`);
      if (purpose !== 6 && purpose !== "ASYMMETRIC_DECRYPT") throw fail("INVALID_ARGUMENT", "this fake has keys for ASYMMETRIC_DECRYPT alone");
      const { algorithm } = described(addVersion(key, algorithmIn(versionTemplate), undefined), numbers);
      return { name: key, purpose, createTime: new Date().toISOString(), versionTemplate: { algorithm, protectionLevel: numbers ? 1 : "SOFTWARE" } };
    },
    "POST cryptoKeyVersions"(key, _, __, numbers) {
      const algorithm = templates.get(key);
      if (!algorithm) throw fail("NOT_FOUND", `CryptoKey ${key} not found.`);
      return described(addVersion(key, algorithm, undefined), numbers);
    },
  };

  const fake = await serveFake({
    type: "application/json; charset=UTF-8",
    cors: corsOf,
    throttled: () => fail("RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Asymmetric cryptographic requests' and limit 'Asymmetric cryptographic requests per minute' of service 'cloudkms.googleapis.com'."),
    answer(asked) {
      mayCall(asked);
      const { pathname, searchParams } = new URL(asked.path, fake.origin);
      const [, path = "", custom] = /^\/v1\/([^:]*)(?::(\w+))?$/.exec(decodeURIComponent(pathname)) ?? [];
      const [, name = path, last] = /^(.+)\/(publicKey|cryptoKeys|cryptoKeyVersions)$/.exec(path) ?? [];
      const verb = custom ?? (asked.method === "GET" && last === "cryptoKeyVersions" ? "versions" : last) ?? (/\/cryptoKeyVersions\/\d+$/.test(path) ? "cryptoKeyVersions" : "");
      const work = operations[`${asked.method} ${verb}`];
      if (!work) throw fail("NOT_FOUND", "Requested entity was not found.");
      const numbers = (searchParams.get("$alt") ?? searchParams.get("alt") ?? "").includes("enum-encoding=int");
      return { status: 200, json: work(name, jsonOf(asked, () => fail("INVALID_ARGUMENT", "Invalid JSON payload received.")), searchParams, numbers) };
    },
  });
  return {
    ...fake,
    ring,
    state,
    addKey,
    /** @param {string} name */
    disable: (name) => set(name, "DISABLED", "ENABLED", "DISABLED"),
    /** @param {string} name */
    enable: (name) => set(name, "ENABLED", "ENABLED", "DISABLED"),
    /** @param {string} name */
    scheduleDeletion: (name) => set(name, "DESTROY_SCHEDULED", "ENABLED", "DISABLED"),
    /** An access token that this service takes. */
    token() {
      const made = randomBytes(24).toString("base64url");
      tokens.set(made, { expired: false });
      return made;
    },
    /** @param {string} token */
    expire: (token) => void tokens.set(token, { expired: true }),
  };
}

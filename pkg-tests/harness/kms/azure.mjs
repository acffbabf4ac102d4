/**
 * A FAKE of Azure Key Vault's keys, for tests: REST 2025-07-01, one vault.
 *
 * Sources: paths and members are those of `@azure/keyvault-keys` 4.10 (the client generated from Azure's specification);
 * 401, its challenge and 403 from "Azure Key Vault REST API error codes" (learn.microsoft.com); `KeyNotFound` from azure-sdk-for-js's
 * recordings; `KeyDisabled` beside 403 as terraform-provider-azurerm#20459 quotes `SecretDisabled`; `Throttled` and the expired
 * token's message from ansible's Key Vault tests. `Retry-After` beside 429 is in "Azure Key Vault throttling guidance". No answer has
 * headers for pages of other origins: azure-sdk-for-js#5790 and #12967. The messages of 400 are not taken from anywhere.
 */
import { createPublicKey, randomBytes } from "node:crypto";
import { Refusal, jsonOf, serveFake } from "./fake.mjs";
import { decryptOaep, generateKey } from "./keys.mjs";

const API_VERSION = "2025-07-01";
const TENANT = "00000000-0000-4000-8000-000000000000";
const HASHES = /** @type {Record<string, string>} */ ({ "RSA-OAEP": "sha1", "RSA-OAEP-256": "sha256" });
const OPERATIONS = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];

/** @typedef {{ name: string, version: string, enabled: boolean, privateKey: import("node:crypto").KeyObject, created: number, updated: number }} Key */

/** @param {number} status @param {string} code @param {string} message @param {string} [inner] @param {Record<string, string>} [headers] */
const fail = (status, code, message, inner, headers) =>
  new Refusal(status, { error: { code, message, ...(inner && { innererror: { code: inner } }) } }, headers);
const seconds = () => Math.floor(Date.now() / 1000);

const unauthorized = (/** @type {string} */ message, error = "") =>
  fail(401, "Unauthorized", message, undefined, {
    "www-authenticate": `Bearer authorization="https://login.windows.net/${TENANT}", resource="https://vault.azure.net"${error && `, error="${error}"`}`,
  });
const mustBeEnabled = (/** @type {Key} */ key, /** @type {string} */ operation) => {
  if (!key.enabled) throw fail(403, "Forbidden", `Operation ${operation} is not allowed on a disabled key.`, "KeyDisabled");
};

export async function fakeKeyVault() {
  /** Versions by name, the newest last. @type {Map<string, Key[]>} */
  const keys = new Map();
  /** @type {Map<string, Key[]>} */
  const deleted = new Map();
  /** @type {Map<string, { expired: boolean }>} */
  const tokens = new Map();
  /** What the caller may do, beside what `faults.denied` forbids. */
  const permissions = new Set(["get", "create", "update", "delete", "unwrapKey"]);

  const mayCall = (/** @type {import("./fake.mjs").Asked} */ { headers }) => {
    const [, bearer] = /^Bearer (.+)$/.exec(headers.authorization ?? "") ?? [];
    if (bearer === undefined) throw unauthorized("AKV10000: Request is missing a Bearer or PoP token.");
    const known = tokens.get(bearer);
    if (!known) throw unauthorized("AKV10001: Error parsing the bearer token.", "invalid_token");
    if (known.expired) throw unauthorized("[TokenExpired] Error validating token: 'S2S12086'.", "invalid_token");
  };
  const need = (/** @type {string} */ permission) => {
    if (!fake.faults.denied && permissions.has(permission)) return;
    throw fail(403, "Forbidden", `Caller is not authorized to perform action on resource.\r\nAction: 'Microsoft.KeyVault/vaults/keys/${permission}/action'\r\nDenyAssignmentId: null`, "ForbiddenByRbac");
  };
  const found = (/** @type {string} */ name, /** @type {string | undefined} */ version) => {
    const versions = keys.get(name) ?? [];
    const key = version ? versions.find((its) => its.version === version) : versions.at(-1);
    if (key) return key;
    const id = version ? `${name}/${version}` : name;
    throw fail(404, "KeyNotFound", `A key with (name/id) ${id} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`);
  };
  const kid = (/** @type {Key} */ { name, version }) => `${fake.origin}/keys/${name}/${version}`;
  const bundle = (/** @type {Key} */ key) => {
    const { n, e } = createPublicKey(key.privateKey).export({ format: "jwk" });
    const { enabled, created, updated } = key;
    return {
      key: { kid: kid(key), kty: "RSA", key_ops: OPERATIONS, n, e },
      attributes: { enabled, created, updated, recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90, exportable: false },
      tags: {},
    };
  };
  /** Makes a key's new version. @param {string} name @param {{ size?: number, privateKey?: import("node:crypto").KeyObject }} [given] */
  const addKey = (name, { size = 3072, privateKey = generateKey(size) } = {}) => {
    const key = { name, version: randomBytes(16).toString("hex"), enabled: true, privateKey, created: seconds(), updated: seconds() };
    keys.set(name, [...(keys.get(name) ?? []), key]);
    return { ...key, id: kid(key) };
  };
  const set = (/** @type {string} */ id, /** @type {boolean} */ enabled) => {
    const [name = "", version] = id.replace(/^.*\/keys\//, "").split("/");
    Object.assign(found(name, version), { enabled, updated: seconds() });
  };

  /** @type {Record<string, (name: string, version: string | undefined, body: any) => unknown>} */
  const operations = {
    "GET keys"(name, version) {
      need("get");
      const key = found(name, version);
      mustBeEnabled(key, "get");
      return bundle(key);
    },
    "POST unwrapkey"(name, version, { alg, value }) {
      need("unwrapKey");
      const key = found(name, version);
      mustBeEnabled(key, "unwrapKey");
      const hash = HASHES[alg];
      if (!hash) throw fail(400, "BadParameter", "Key and signing key algorithm are incompatible.");
      if (typeof value !== "string" || !/^[\w-]+$/.test(value)) throw fail(400, "BadParameter", "Property value has invalid value");
      const unwrapped = decryptOaep(key.privateKey, Buffer.from(value, "base64url"), hash);
      if (!unwrapped) throw fail(400, "BadParameter", "The parameter is incorrect.");
      return { kid: kid(key), value: unwrapped.toString("base64url") };
    },
    "POST create"(name, _, { kty, key_size: size = 2048 }) {
      need("create");
      if (kty !== "RSA") throw fail(400, "BadParameter", "this fake has RSA keys alone");
      addKey(name, { size });
      return bundle(found(name, undefined));
    },
    "PATCH keys"(name, version, { attributes }) {
      need("update");
      const key = found(name, version);
      if (typeof attributes?.enabled === "boolean") Object.assign(key, { enabled: attributes.enabled, updated: seconds() });
      return bundle(key);
    },
    "DELETE keys"(name) {
      need("delete");
      const key = found(name, undefined);
      deleted.set(name, keys.get(name) ?? []);
      keys.delete(name);
      return { recoveryId: `${fake.origin}/deletedkeys/${name}`, deletedDate: seconds(), scheduledPurgeDate: seconds() + 90 * 86400, ...bundle(key) };
    },
    "GET deletedkeys"(name) {
      const key = deleted.get(name)?.at(-1);
      if (!key) throw fail(404, "KeyNotFound", `Deleted Key not found: ${name}`);
      return { recoveryId: `${fake.origin}/deletedkeys/${name}`, deletedDate: seconds(), scheduledPurgeDate: seconds() + 90 * 86400, ...bundle(key) };
    },
  };

  const fake = await serveFake({
    type: "application/json; charset=utf-8",
    cors: () => ({}),
    throttled: ({ retryAfter }) =>
      fail(429, "Throttled", "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached", undefined, { "retry-after": String(retryAfter) }),
    answer(asked) {
      mayCall(asked);
      const { pathname, searchParams } = new URL(asked.path, fake.origin);
      const version = searchParams.get("api-version");
      if (version !== API_VERSION) throw fail(400, "BadParameter", `The specified version (${version}) is not recognized. Consider using the latest supported version (${API_VERSION}).`);
      const [, folder = "", name = "", ...rest] = pathname.replace(/\/$/, "").split("/");
      const verb = ["unwrapkey", "create"].includes(rest.at(-1) ?? "") ? rest.pop() : folder;
      const work = ["keys", "deletedkeys"].includes(folder) && rest.length < 2 ? operations[`${asked.method} ${verb}`] : undefined;
      if (!work) throw fail(404, "NotFound", "Resource not found.");
      return { status: 200, json: work(name, rest[0], jsonOf(asked, () => fail(400, "BadParameter", "The body is not JSON."))) };
    },
  });
  return {
    ...fake,
    permissions,
    addKey,
    /** @param {string} id */
    disable: (id) => set(id, false),
    /** @param {string} id */
    enable: (id) => set(id, true),
    /** A bearer token that this vault takes. */
    token() {
      const made = randomBytes(24).toString("base64url");
      tokens.set(made, { expired: false });
      return made;
    },
    /** @param {string} token */
    expire: (token) => void tokens.set(token, { expired: true }),
  };
}

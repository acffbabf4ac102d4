/**
 * A FAKE of AWS KMS, for tests: AWS JSON 1.1, for one region and one account, with every request's signature verified.
 *
 * Sources: operations, members and each operation's list of errors are those of botocore's `kms/2014-11-01/service-2.json`;
 * messages by key state are from "Key states of AWS KMS keys" in the Developer Guide; throttling as HTTP 400 and
 * its message from "Throttling AWS KMS requests" there; `DryRunOperationException` from "Testing your permissions". That an
 * expired token is HTTP 400 in this protocol is in aws-sdk-go's `request_test.go`. aws-sdk-js lists KMS among the services that
 * answer pages of other origins (`apis/metadata.json`: `cors: true`); the headers are those that such services send.
 * KMS cannot tell by which RSA key a ciphertext was made: another key's is an `InvalidCiphertextException`, as MiniStack has it.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { Refusal, jsonOf, serveFake } from "./fake.mjs";
import { agree, decryptOaep, generateKey, spkiOf } from "./keys.mjs";
import { verify } from "./sigv4.mjs";

const SPECS = /** @type {Record<string, number | string>} */ ({
  RSA_2048: 2048,
  RSA_3072: 3072,
  RSA_4096: 4096,
  ECC_NIST_P256: "P-256",
  ECC_NIST_P384: "P-384",
  ECC_NIST_P521: "P-521",
});
const HASHES = /** @type {Record<string, string>} */ ({ RSAES_OAEP_SHA_1: "sha1", RSAES_OAEP_SHA_256: "sha256" });
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers":
    "*,Authorization,Date,X-Amz-Date,X-Amz-Security-Token,X-Amz-Target,amz-sdk-invocation-id,amz-sdk-request,content-type,x-amz-content-sha256,x-amz-user-agent,x-amzn-platform-id,x-amzn-trace-id",
  "access-control-allow-methods": "GET,HEAD,PUT,POST,DELETE,OPTIONS",
  "access-control-expose-headers": "x-amzn-errortype,x-amzn-errormessage,x-amzn-trace-id,x-amzn-requestid,date",
  "access-control-max-age": "172800",
};
const DAY = 24 * 60 * 60;

/** @typedef {import("./sigv4.mjs").Credentials} Credentials */
/** @typedef {"Enabled" | "Disabled" | "PendingDeletion"} State */
/** @typedef {{ id: string, arn: string, spec: string, description: string, state: State, privateKey: import("node:crypto").KeyObject, created: number, deletion?: number }} Key */

const fail = (/** @type {string} */ type, message = "") =>
  new Refusal(400, message ? { __type: type, message } : { __type: type }, { "x-amzn-errortype": type, "x-amzn-requestid": randomUUID() });
const usageOf = (/** @type {{ spec: string }} */ { spec }) => (spec.startsWith("RSA") ? "ENCRYPT_DECRYPT" : "KEY_AGREEMENT");
const random = (/** @type {number} */ size) => randomBytes(size).toString("hex").toUpperCase();
const bytesOf = (/** @type {unknown} */ text) => Buffer.from(String(text ?? ""), "base64");

const algorithmsOf = (/** @type {Key} */ key) =>
  usageOf(key) === "ENCRYPT_DECRYPT" ? { EncryptionAlgorithms: Object.keys(HASHES) } : { KeyAgreementAlgorithms: ["ECDH"] };
const mustBeFor = (/** @type {Key} */ key, /** @type {string} */ usage, /** @type {string} */ operation) => {
  if (usageOf(key) !== usage) throw fail("InvalidKeyUsageException", `${key.arn} key usage is ${usageOf(key)} which is not valid for ${operation}.`);
};
const mustRun = (/** @type {any} */ { DryRun }) => {
  if (DryRun) throw fail("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.");
};

/** @param {{ region?: string, account?: string }} [options] */
export async function fakeAwsKms({ region = "eu-central-1", account = "111122223333" } = {}) {
  /** @type {Map<string, Key>} */
  const keys = new Map();
  /** Key ids by alias. @type {Map<string, string>} */
  const aliases = new Map();
  /** @type {Map<string, Credentials & { expired?: boolean }>} */
  const callers = new Map();
  const prefix = `arn:aws:kms:${region}:${account}:`;

  /** @param {unknown} given a key's id or ARN, or an alias's name or ARN */
  const named = (given) => {
    const name = String(given ?? "");
    const [, elsewhere, resource = name] = /^arn:aws:kms:([^:]+):\d{12}:(.+)$/.exec(name) ?? [];
    if (elsewhere !== undefined && elsewhere !== region) throw fail("NotFoundException", `Invalid arn ${elsewhere}`);
    if (resource.startsWith("alias/")) {
      const key = keys.get(aliases.get(resource) ?? "");
      if (!key) throw fail("NotFoundException", `Alias ${prefix}${resource} is not found.`);
      return key;
    }
    const id = resource.replace(/^key\//, "");
    const key = keys.get(id);
    if (!key) throw fail("NotFoundException", `Key '${prefix}key/${id}' does not exist`);
    return key;
  };
  /** The key, if it may be used. @param {unknown} given @param {string} operation */
  const usable = (given, operation) => {
    const key = named(given);
    if (fake.faults.denied) throw fail("AccessDeniedException", `User: arn:aws:iam::${account}:user/somebody is not authorized to perform: kms:${operation} on resource: ${key.arn} because no identity-based policy allows the kms:${operation} action`);
    if (key.state === "Disabled") throw fail("DisabledException", `${key.arn} is disabled.`);
    if (key.state === "PendingDeletion") throw fail("KMSInvalidStateException", `${key.arn} is pending deletion.`);
    return key;
  };
  const metadata = (/** @type {Key} */ key) => ({
    AWSAccountId: account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.created,
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: usageOf(key),
    KeyState: key.state,
    ...(key.deletion && { DeletionDate: key.deletion }),
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    ...algorithmsOf(key),
    MultiRegion: key.id.startsWith("mrk-"),
  });

  /**
   * Makes a key, or takes one: of the same id and private key in two fakes, it is a multi-Region key's.
   *
   * @param {string} [spec]
   * @param {{ id?: string, privateKey?: import("node:crypto").KeyObject, description?: string }} [given]
   */
  const addKey = (spec = "RSA_3072", { id = randomUUID(), privateKey = generateKey(/** @type {number} */ (SPECS[spec])), description = "" } = {}) => {
    /** @type {Key} */
    const key = { id, arn: `${prefix}key/${id}`, spec, description, state: "Enabled", privateKey, created: Date.now() / 1000 };
    keys.set(id, key);
    return key;
  };
  /** @param {unknown} given @param {State} state */
  const set = (given, state) => {
    const key = named(given);
    if (key.state === "PendingDeletion" && state !== "PendingDeletion") throw fail("KMSInvalidStateException", `${key.arn} is pending deletion.`);
    key.state = state;
    return key;
  };

  /** @type {Record<string, (given: any) => unknown>} */
  const operations = {
    CreateKey({ KeySpec: spec, KeyUsage: usage, Description: description }) {
      if (!(spec in SPECS)) throw fail("UnsupportedOperationException", `this fake has no keys of ${spec}`);
      if (usage !== usageOf({ spec })) throw fail("ValidationException", `KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
      return { KeyMetadata: metadata(addKey(spec, { description })) };
    },
    DescribeKey: ({ KeyId }) => ({ KeyMetadata: metadata(named(KeyId)) }),
    GetPublicKey({ KeyId }) {
      const key = usable(KeyId, "GetPublicKey");
      const spki = spkiOf(key.privateKey).toString("base64");
      return { KeyId: key.arn, PublicKey: spki, CustomerMasterKeySpec: key.spec, KeySpec: key.spec, KeyUsage: usageOf(key), ...algorithmsOf(key) };
    },
    Decrypt(given) {
      const key = usable(given.KeyId, "Decrypt");
      mustBeFor(key, "ENCRYPT_DECRYPT", "Decrypt");
      const algorithm = given.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
      const hash = HASHES[algorithm];
      if (!hash) throw fail("InvalidKeyUsageException", `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
      if (given.EncryptionContext) throw fail("ValidationException", "EncryptionContext is not valid for asymmetric keys.");
      if (given.DryRun && given.DryRunModifiers?.includes("IGNORE_CIPHERTEXT")) mustRun(given);
      if (given.CiphertextBlob === undefined) throw fail("ValidationException", "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must not be null");
      const plaintext = decryptOaep(key.privateKey, bytesOf(given.CiphertextBlob), hash);
      if (!plaintext) throw fail("InvalidCiphertextException");
      mustRun(given);
      return { KeyId: key.arn, Plaintext: plaintext.toString("base64"), EncryptionAlgorithm: algorithm };
    },
    DeriveSharedSecret(given) {
      const key = usable(given.KeyId, "DeriveSharedSecret");
      mustBeFor(key, "KEY_AGREEMENT", "DeriveSharedSecret");
      if (given.KeyAgreementAlgorithm !== "ECDH") throw fail("ValidationException", "1 validation error detected: Value at 'keyAgreementAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ECDH]");
      const secret = agree(key.privateKey, bytesOf(given.PublicKey));
      if (!secret) throw fail("ValidationException", "The public key is not valid for the key spec of the KMS key.");
      mustRun(given);
      return { KeyId: key.arn, SharedSecret: secret.toString("base64"), KeyAgreementAlgorithm: "ECDH", KeyOrigin: "AWS_KMS" };
    },
    DisableKey: ({ KeyId }) => void set(KeyId, "Disabled"),
    EnableKey: ({ KeyId }) => void set(KeyId, "Enabled"),
    ScheduleKeyDeletion({ KeyId, PendingWindowInDays: days = 30 }) {
      if (named(KeyId).state === "PendingDeletion") throw fail("KMSInvalidStateException", `${named(KeyId).arn} is pending deletion.`);
      const key = set(KeyId, "PendingDeletion");
      key.deletion = Date.now() / 1000 + days * DAY;
      return { KeyId: key.arn, DeletionDate: key.deletion, KeyState: key.state, PendingWindowInDays: days };
    },
    CancelKeyDeletion({ KeyId }) {
      const key = named(KeyId);
      if (key.state !== "PendingDeletion") throw fail("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
      key.state = "Disabled";
      delete key.deletion;
      return { KeyId: key.arn };
    },
    CreateAlias({ AliasName: alias, TargetKeyId }) {
      if (aliases.has(alias)) throw fail("AlreadyExistsException", `An alias with the name ${prefix}${alias} already exists`);
      aliases.set(alias, named(TargetKeyId).id);
    },
    UpdateAlias({ AliasName: alias, TargetKeyId }) {
      if (!aliases.has(alias)) throw fail("NotFoundException", `Alias ${prefix}${alias} is not found.`);
      aliases.set(alias, named(TargetKeyId).id);
    },
    DeleteAlias({ AliasName: alias }) {
      if (!aliases.delete(alias)) throw fail("NotFoundException", `Alias ${prefix}${alias} is not found.`);
    },
  };

  const fake = await serveFake({
    type: "application/x-amz-json-1.1",
    cors: () => CORS,
    throttled: () => fail("ThrottlingException", "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."),
    answer(asked) {
      const verified = verify(asked, { region, service: "kms", find: (id) => callers.get(id) });
      if ("fault" in verified) throw fail(verified.fault, verified.message);
      if (callers.get(verified.credentials.accessKeyId)?.expired) throw fail("ExpiredTokenException", "The security token included in the request is expired");
      const [, operation = ""] = /^TrentService\.(\w+)$/.exec(String(asked.headers["x-amz-target"])) ?? [];
      const work = operations[operation];
      if (asked.method !== "POST" || !work) throw fail("UnknownOperationException");
      const answer = work(jsonOf(asked, () => fail("SerializationException")));
      return { status: 200, json: answer ?? {}, headers: { "x-amzn-requestid": randomUUID() } };
    },
  });
  return {
    ...fake,
    region,
    addKey,
    /** Has an alias stand for a key. @param {string} alias @param {string} arn */
    setAlias: (alias, arn) => void aliases.set(alias, named(arn).id),
    /** @param {unknown} key */
    disable: (key) => set(key, "Disabled"),
    /** @param {unknown} key */
    enable: (key) => set(key, "Enabled"),
    /** @param {unknown} key */
    scheduleDeletion: (key) => set(key, "PendingDeletion"),
    /** What a caller signs with: a session's, as a page would have them. @returns {Required<Credentials>} */
    credentials() {
      const made = { accessKeyId: `ASIA${random(8)}`, secretAccessKey: random(20), sessionToken: random(32) };
      callers.set(made.accessKeyId, { ...made });
      return made;
    },
    /** From now on their token has expired. @param {Credentials} credentials */
    expire({ accessKeyId }) {
      const caller = callers.get(accessKeyId);
      if (caller) caller.expired = true;
    },
  };
}

/**
 * Scans an object that a vault encrypted for this job's key at AWS KMS, Azure Key Vault or Google Cloud KMS, too. Nothing here is strongroom's code.
 *
 *     node scan.mjs KEY IDENTITY OBJECT                    an attached object, header and body in one file
 *     node scan.mjs KEY IDENTITY BODY HEADER SIGNATURE     a detached one, in three
 *
 * KEY is the job's key: its ARN at AWS, of RSA for ENCRYPT_DECRYPT or on P-256 for KEY_AGREEMENT; at Azure the identifier of a version,
 * https://VAULT.vault.azure.net/keys/NAME/VERSION; at Google the name of one, projects/…/cryptoKeyVersions/1. IDENTITY is the thumbprint that `vault.identity()` gave, from a channel
 * that you trust: an object that another signed is refused. EXPECT, if it is set, is the id of the object that it has to be: a store can give another object
 * of the same vault. CONTEXT, if it is set, is the object's encryption context as JSON. Credentials are what the file of each service says.
 *
 * Prints, as JSON, what is known of the object and what was found. No plaintext is stored. Ends with 1 and one line where it refuses.
 */
import { createDecipheriv, createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { base64url, calculateJwkThumbprint, compactVerify, flattenedDecrypt, importJWK } from "jose";
import { blocksOf, openBody, Refused } from "./tink-body.mjs";

const MiB = 1024 * 1024;
/** Marks what anti-virus programs are tested with, cut so that this file is none. */
const MARK = Buffer.from(`EICAR-STANDARD-${"ANTIVIRUS-TEST-FILE"}`);

/** The services, by the beginning of a key's name; each needs its own client's package alone. */
const SERVICES = [
  [/^arn:aws[a-z-]*:kms:/, "./kms-aws.mjs"],
  [/^https:\/\/[^/?#@]+\/keys\/|^http:\/\/127\.0\.0\.1:\d+\/keys\//, "./kms-azure.mjs"],
  [/^projects\//, "./kms-google.mjs"],
];

const [name = "", identity = "", file = "", headerFile, signatureFile] = process.argv.slice(2);
const sha256 = (/** @type {Uint8Array} */ data) => createHash("sha256").update(data).digest();
const decode = (/** @type {string} */ text) => Buffer.from(text, "base64url");

try {
  console.log(JSON.stringify(await main()));
} catch (error) {
  console.error(`refused: ${error instanceof Refused ? error.message : wordOf(error)}`);
  process.exit(1);
}

async function main() {
  require([5, 7].includes(process.argv.length), "give KEY, IDENTITY and OBJECT, or KEY, IDENTITY, BODY, HEADER and SIGNATURE");
  const handle = await open(file);
  const isAttached = headerFile === undefined || signatureFile === undefined;
  const { header, signature, at } = isAttached ? await front(handle) : { header: await readFile(headerFile, MiB), signature: await readFile(signatureFile, 8 * MiB), at: 0 };
  const signed = await verified(signature.toString(), header);
  require(signed.object === (process.env.EXPECT ?? signed.object), "another object than the expected one");
  const context = JSON.parse(process.env.CONTEXT ?? "{}");
  const dek = await dataKey(header, context);
  require(signed.object === (await calculateJwkThumbprint(dek)), "a signature of another object");
  const body = held(blocksOf(handle.createReadStream({ start: at, highWaterMark: MiB })), signed.content);
  const { found, size } = await scan(openBody(body, decode(dek.k), canonical(context)));
  require((dek.file?.size ?? size) === size, "another size than the header says");
  return { id: signed.object, vault: signed.vault, covers: signed.content ? "content" : "header", size, found };
}

/** A word for an error. Its message may repeat what it is about: a request with the session's token, or a terminal's commands. @param {any} error */
function wordOf({ code, name }) {
  return [code, name].find((word) => typeof word === "string" && /^[A-Za-z_]{1,64}$/.test(word)) ?? "an error without a name";
}

/** Whether the mark is in it, and its size: a part at a time, so nothing is in memory as a whole. @param {AsyncIterable<Buffer>} plain */
async function scan(plain) {
  let [found, size, before] = [false, 0, Buffer.alloc(0)];
  for await (const part of plain) {
    found ||= Buffer.concat([before, part]).includes(MARK);
    [size, before] = [size + part.length, part.subarray(-MARK.length)];
  }
  return { found, size };
}

/** @param {unknown} holds @param {string} what @returns {asserts holds} */
function require(holds, what) {
  if (!holds) throw new Refused(what);
}

/** @param {string} path @param {number} most */
async function readFile(path, most) {
  // Its end is the last byte that is read.
  const part = await buffer(createReadStream(path, { end: most }));
  require(part.length > 0 && part.length <= most, "a length that nothing has");
  return part;
}

/** Header and signature of an attached object, and where its body begins. @param {import("node:fs/promises").FileHandle} from */
async function front(from) {
  const read = async (/** @type {number} */ position, /** @type {number} */ length) => {
    const { buffer, bytesRead } = await from.read(Buffer.alloc(length), 0, length, position);
    require(bytesRead === length, "an object that is cut");
    return buffer;
  };
  const counted = async (/** @type {number} */ position, /** @type {number} */ most) => {
    const length = (await read(position, 4)).readUInt32BE();
    require(length > 0 && length <= most, "a length that nothing has");
    return read(position + 4, length);
  };
  require((await read(0, 4)).equals(Buffer.from("SRM\x02")), "no attached object that is signed");
  const head = await counted(4, MiB);
  const text = await counted(8 + head.length, 8 * MiB);
  return { header: head, signature: text, at: 12 + head.length + text.length };
}

/** What the vault of that identity signed of this header. @param {string} token @param {Buffer} of */
async function verified(token, of) {
  const { jwk, ...named } = JSON.parse(decode(token.split(".")[0] ?? "").toString());
  require(named.alg === "ES256" && named.typ === "sr-share+jws" && Object.keys(named).length === 2 && jwk, "no signature of an object");
  require((await calculateJwkThumbprint(jwk)) === identity, "the signature of another identity");
  const { payload } = await compactVerify(token, await importJWK(jwk, "ES256"), { algorithms: ["ES256"] });
  const said = JSON.parse(Buffer.from(payload).toString());
  require(said.header === base64url.encode(sha256(of)), "a signature of another header");
  const kids = (/** @type {any[]} */ list) => JSON.stringify(list.map((one) => one.kid ?? one.header.kid));
  require(kids(said.recipients) === kids(JSON.parse(of.toString()).recipients), "other recipients than the signed ones");
  return said;
}

/** The blocks of a body, each of them once its hash was compared with the signed one. @param {AsyncIterable<Buffer>} blocks @param {{ size: number, segments: string } | undefined} content */
async function* held(blocks, content) {
  const hashes = decode(content?.segments ?? "");
  let [at, total] = [0, 0];
  for await (const block of blocks) {
    require(!content || sha256(block).equals(hashes.subarray(at, at + 32)), "another body than the signed one");
    [at, total] = [at + 32, total + block.length];
    yield block;
  }
  require(!content || (total === content.size && at === hashes.length), "a body that is cut");
}

/** The object's data key. @param {Buffer} of @param {Record<string, string>} context */
async function dataKey(of, context) {
  const envelope = JSON.parse(of.toString());
  const entry = envelope.recipients.find((/** @type {any} */ one) => one.header.kid === name);
  require(entry, "an object that does not name this key");
  const { enc, cty, jkt, ctx, ...more } = JSON.parse(decode(envelope.protected).toString());
  const expected = Object.keys(context).length > 0 ? base64url.encode(sha256(canonical(context))) : undefined;
  require(enc === "A256GCM" && cty === "jwk+json" && Object.keys(more).length === 0, "no header of an object");
  require(ctx === expected, "another context");
  const { iv, ciphertext, tag } = envelope;
  // The content alone: its key is here.
  const content = { protected: envelope.protected, header: { alg: "dir" }, iv, ciphertext, tag };
  const { plaintext } = await flattenedDecrypt(content, await contentKey(entry), { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] });
  const key = JSON.parse(Buffer.from(plaintext).toString());
  require(key.kty === "oct" && (await calculateJwkThumbprint(key)) === jkt, "another key than the header says");
  return key;
}

/** What the service opens, by its one request. @param {any} entry */
async function contentKey({ header: { alg, epk }, encrypted_key: text }) {
  const [, service] = SERVICES.find(([names]) => names.test(name)) ?? [];
  require(service, "a key of no service that is known here");
  require(alg === "RSA-OAEP-256" || alg === "ECDH-ES+A256KW", "another algorithm");
  const { ask } = await import(service);
  const encrypted = decode(text);
  if (alg === "RSA-OAEP-256") return answered(await ask(name, { encrypted }));
  const secret = answered(await ask(name, { epk }));
  // RFC 7518 §4.6.2: one round of SHA-256 over a counter, the secret, the algorithm's name, no parties and 256 bits.
  const number = (/** @type {number} */ value) => Buffer.from(Uint32Array.of(value).buffer).swap32();
  const kek = sha256(Buffer.concat([number(1), secret, number(alg.length), Buffer.from(alg), Buffer.alloc(8), number(256)]));
  const unwrap = createDecipheriv("id-aes256-wrap", kek, Buffer.alloc(8, 0xa6));
  return Buffer.concat([unwrap.update(encrypted), unwrap.final()]);
}

/** The 32 bytes of an answer, which counts if it names the key that was asked for. @param {{ named: string | undefined, secret: Uint8Array | undefined }} answer */
function answered({ named, secret }) {
  require(named === name && secret?.length === 32, "an answer of another key, or of another length");
  return secret;
}

/** RFC 8785, for an object of strings. @param {Record<string, string>} of */
function canonical(of) {
  const members = Object.keys(of).sort().map((name) => `${JSON.stringify(name)}:${JSON.stringify(of[name])}`);
  return Buffer.from(members.length > 0 ? `{${members.join(",")}}` : "");
}

/** The command line program asks AWS KMS (the fake, and MiniStack), and the fakes of Azure Key Vault and Google Cloud KMS. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { CreateKeyCommand, GetPublicKeyCommand } from "@aws-sdk/client-kms";
import { installedPackage, temporaryFolder } from "../../harness/consumer.mjs";
import { commandLine } from "../../harness/environment.mjs";
import { fakeAwsKms } from "../../harness/kms/aws.mjs";
import { fakeKeyVault } from "../../harness/kms/azure.mjs";
import { fakeGoogleKms } from "../../harness/kms/google.mjs";
import { listen } from "../../harness/servers/listen.mjs";
import { ministack } from "./ministack.mjs";

const run = promisify(execFile);
const SECRET = "correct horse battery staple";
const installed = installedPackage();
let made = 0;

/** @typedef {{ accessKeyId: string, secretAccessKey: string, sessionToken?: string }} Credentials */

/** The environment that `aws configure export-credentials --format env` gives. @param {Credentials} [by] */
function environment(by) {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, AWS_SESSION_TOKEN: ___, ...env } = process.env;
  if (!by) return env;
  const { accessKeyId, secretAccessKey, sessionToken } = by;
  return { ...env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }) };
}

/** It ends with an exit code and says why, without what signed. @param {Promise<unknown>} running @param {number} code @param {RegExp} told @param {Credentials} [by] */
async function refused(running, code, told, by) {
  await assert.rejects(running, (/** @type {any} */ error) => {
    assert.equal(error.code, code, error.stderr);
    assert.match(error.stderr, told);
    for (const secret of [by?.secretAccessKey, by?.sessionToken]) assert.ok(!secret || !error.stderr.includes(secret));
    return true;
  });
}

/** A key's public JWK, under its ARN. @param {import("node:crypto").KeyObject} publicKey @param {string} kid */
function jwkOf(publicKey, kid) {
  const { kty, n, e, crv, x, y } = publicKey.export({ format: "jwk" });
  return kty === "RSA" ? { kty, n, e, kid } : { kty, crv, x, y, kid };
}

/** A vault whose escrow the key is: its backup, an object of it, and its identity. @param {object} publicJwk */
async function escrowed(publicJwk) {
  const { Strongroom, escrow, passphrase } = await installed();
  return kept(await Strongroom.create({ name: `work ${++made}`, factors: [passphrase(SECRET), escrow(publicJwk)] }));
}

/** A vault that takes a passphrase and the key, and the file of that passphrase. @param {object} publicJwk */
async function gated(publicJwk) {
  const { Strongroom, kmsGate, newRecoveryKit, passphrase } = await installed();
  const factors = [passphrase(SECRET), kmsGate(publicJwk), await newRecoveryKit()];
  const files = await kept(await Strongroom.create({ name: `work ${++made}`, factors, requires: ["passphrase", "kms"] }));
  const [typed, wrong] = /** @type {[string, string]} */ (["typed.txt", "wrong.txt"].map((name) => join(files.folder, name)));
  writeFileSync(typed, SECRET, { mode: 0o600 });
  writeFileSync(wrong, "another one", { mode: 0o600 });
  return { ...files, typed, wrong };
}

/** An object that a vault encrypted for the key too, and the vault's identity. @param {object} publicJwk */
async function shared(publicJwk) {
  const { Strongroom, passphrase } = await installed();
  const vault = await Strongroom.create({ name: `work ${++made}`, factors: [passphrase(SECRET)] });
  await vault.keys.create({ alias: "claims", purpose: "encrypt" });
  const object = await vault.encrypt("a contract", { key: "claims", recipients: [publicJwk] });
  const folder = temporaryFolder();
  const [file, out] = /** @type {[string, string]} */ (["a.srm", "a.txt"].map((name) => join(folder, name)));
  writeFileSync(file, new Uint8Array(await (await object.blob()).arrayBuffer()));
  const identity = await vault.identity();
  await vault.close();
  return { file, out, identity };
}

/** Its backup, an object of it, and its identity. @param {any} vault */
async function kept(vault) {
  await vault.keys.create({ alias: "photos", purpose: "encrypt" });
  const folder = temporaryFolder();
  const write = async (/** @type {string} */ name, /** @type {Blob} */ blob) => {
    writeFileSync(join(folder, name), new Uint8Array(await blob.arrayBuffer()));
    return join(folder, name);
  };
  const backup = await write("backup.json", await vault.backup());
  const object = await write("a.srm", await (await vault.encrypt("a contract", { key: "photos" })).blob());
  const identity = await vault.identity();
  await vault.close();
  return { folder, backup, object, identity, out: join(folder, "a.txt") };
}

/**
 * What opens a vault by a gate, whoever has its key: one request for each opening, and nothing by the key or the passphrase alone.
 *
 * @param {object} publicJwk @param {(given: string[]) => Promise<{ stdout: string }>} line with the key @param {() => unknown[]} asked what the service was asked since
 */
async function opensGate(publicJwk, line, asked) {
  const { backup, object, out, typed, wrong } = await gated(publicJwk);
  asked();
  await refused(line(["vault", backup, "list"]), 3, /--passphrase/);
  await refused(run(commandLine(), ["vault", backup, "list", "--passphrase-file", typed]), 3, /the key of its gate/);
  assert.equal(asked().length, 0);
  // Both are asked, so that nobody learns which of them was wrong.
  await refused(line(["vault", backup, "list", "--passphrase-file", wrong]), 3, /does not open the vault/);
  assert.equal(asked().length, 1);
  const { stdout } = await line(["vault", backup, "list", "--passphrase-file", typed]);
  assert.match(stdout, /factor +kms/);
  assert.equal(asked().length, 1);
  await line(["open", object, "--vault", backup, "-o", out, "--passphrase-file", typed]);
  assert.equal(readFileSync(out, "utf8"), "a contract");
  // A vault without a gate, and an object without a vault, have no use for both.
  const alone = await escrowed(publicJwk);
  await refused(line(["vault", alone.backup, "list", "--passphrase-file", typed]), 3, /no such factor|no gate of this vault/);
  await refused(line(["open", object, "-o", `${out}.2`, "--passphrase-file", typed]), 2, /a passphrase is for a vault/);
}

describe("the command line program, by a key of the fake of AWS KMS", () => {
  /** @type {Awaited<ReturnType<typeof fakeAwsKms>>} */
  let fake;
  /** @type {Required<Credentials>} */
  let by;
  const line = (/** @type {string} */ arn, /** @type {string[]} */ given, who = by, endpoint = fake.origin) =>
    run(commandLine(), [...given, "--aws-kms", arn, "--aws-endpoint", endpoint], { env: environment(who) });

  before(async () => {
    fake = await fakeAwsKms();
    by = fake.credentials();
  });
  after(() => fake.stop());

  for (const spec of ["RSA_2048", "RSA_4096", "ECC_NIST_P256"]) {
    it(`opens a vault whose escrow is a key of ${spec}, by one request`, async () => {
      const { arn, privateKey } = fake.addKey(spec);
      const { backup, object, identity, out } = await escrowed(jwkOf(createPublicKey(privateKey), arn));
      fake.asked();
      await refused(line(arn, ["open", object, "--vault", backup, "-o", out]), 5, /--identity/);
      assert.equal(fake.asked().length, 0);
      const { stdout } = await line(arn, ["vault", backup, "list", "--identity", identity]);
      assert.match(stdout, /key .* encrypt "photos"/);
      const [asked, ...more] = fake.asked();
      assert.equal(more.length, 0);
      assert.equal(asked?.headers["x-amz-target"], `TrentService.${spec.startsWith("RSA") ? "Decrypt" : "DeriveSharedSecret"}`);
      await line(arn, ["open", object, "--vault", backup, "-o", out, "--identity", identity]);
      assert.equal(readFileSync(out, "utf8"), "a contract");
    });
  }

  it("opens an object whose recipient is the key, and asks about none that it would refuse", async () => {
    const [{ arn, privateKey }, other] = [fake.addKey("ECC_NIST_P256"), fake.addKey("ECC_NIST_P256")];
    const { encrypt } = await installed("strongroom/standalone");
    const object = await encrypt("a contract", { recipients: [jwkOf(createPublicKey(privateKey), arn)] });
    const folder = temporaryFolder();
    const [file, out] = /** @type {[string, string]} */ (["a.srm", "a.txt"].map((name) => join(folder, name)));
    writeFileSync(file, new Uint8Array(await (await object.blob()).arrayBuffer()));
    fake.asked();
    await refused(line(arn, ["open", file, "-o", out]), 5, /--allow-unsigned/);
    await refused(line(other.arn, ["open", file, "-o", out, "--allow-unsigned"]), 4, /not for the key of --aws-kms/);
    await refused(line(arn, ["open", file, "-o", out, "--allow-unsigned", "--context", "a=1"]), 4, /another context/);
    assert.equal(fake.asked().length, 0);
    await refused(line(other.arn, ["open", file, "-o", out, "--allow-unsigned", "--kid", arn]), 4, /not for this key|tampered with/);
    assert.equal(existsSync(out), false);
    await line(arn, ["open", file, "-o", out, "--allow-unsigned"]);
    assert.equal(readFileSync(out, "utf8"), "a contract");
  });

  for (const spec of ["RSA_2048", "ECC_NIST_P256"]) {
    it(`opens what a vault encrypted for a key of ${spec} too, and says whose it is`, async () => {
      const { arn, privateKey } = fake.addKey(spec);
      const { file, out, identity } = await shared(jwkOf(createPublicKey(privateKey), arn));
      fake.asked();
      await refused(line(arn, ["open", file, "-o", out]), 5, new RegExp(`${identity}.*--identity`));
      await refused(line(arn, ["open", file, "-o", out, "--identity", "A".repeat(43)]), 4, /the signature is forged/);
      assert.equal(fake.asked().length, 0);
      const { stderr } = await line(arn, ["open", file, "-o", out, "--identity", identity]);
      assert.match(stderr, new RegExp(`written by the vault whose identity is ${identity}`));
      assert.equal(fake.asked().length, 1);
      assert.equal(readFileSync(out, "utf8"), "a contract");
    });
  }

  for (const spec of ["RSA_3072", "ECC_NIST_P256"]) {
    it(`opens a vault that takes a key of ${spec} beside a passphrase, and nothing by one of them`, async () => {
      const { arn, privateKey } = fake.addKey(spec);
      await opensGate(jwkOf(createPublicKey(privateKey), arn), (given) => line(arn, given), () => fake.asked());
    });
  }

  describe("where it is refused", () => {
    /** @type {ReturnType<typeof fake.addKey>} */
    let key;
    /** @type {Awaited<ReturnType<typeof escrowed>>} */
    let vault;
    const list = (/** @type {{ arn?: string, who?: Required<Credentials>, endpoint?: string }} */ { arn = key.arn, who, endpoint } = {}, /** @type {string[]} */ ...more) =>
      line(arn, ["vault", vault.backup, "list", "--identity", vault.identity, ...more], who, endpoint);
    const fails = async (/** @type {number} */ code, /** @type {RegExp} */ told, /** @type {Parameters<typeof list>[0]} */ how = {}, /** @type {string[]} */ ...more) =>
      refused(list(how, ...more), code, told, how.who ?? by);

    before(async () => {
      key = fake.addKey("RSA_2048");
      vault = await escrowed(jwkOf(createPublicKey(key.privateKey), key.arn));
    });

    it("tells who may not, and the key's state", async () => {
      fake.faults.denied = true;
      await fails(5, /denies that these credentials use the key \(AccessDeniedException\)/);
      fake.faults.denied = false;
      fake.disable(key.arn);
      await fails(5, /is disabled/);
      fake.enable(key.arn);
      const deleted = fake.addKey("RSA_2048");
      fake.scheduleDeletion(deleted.arn);
      await fails(5, /pending deletion/, { arn: deleted.arn }, "--kid", key.arn);
      await fails(3, /has no such key/, { arn: key.arn.replace(/[^/]*$/, "none") }, "--kid", key.arn);
      await fails(3, new RegExp(`no escrow of this vault is the key of --aws-kms.*${key.arn}`), { arn: key.arn.replace(/[^/]*$/, "1234") });
      await fails(4, /not for the key at AWS KMS/, { arn: fake.addKey("RSA_2048").arn }, "--kid", key.arn);
      await fails(4, /not for the key at AWS KMS/, { arn: fake.addKey("ECC_NIST_P256").arn }, "--kid", key.arn);
      await list();
    });

    it("tells of credentials that are wrong or have expired, and repeats none", async () => {
      const session = fake.credentials();
      await list({ who: session });
      fake.expire(session);
      await fails(5, /have expired.*ExpiredTokenException/, { who: session });
      await fails(5, /InvalidSignatureException/, { who: { ...by, secretAccessKey: "another" } });
      await fails(5, /UnrecognizedClientException/, { who: { ...by, sessionToken: "another" } });
      await refused(run(commandLine(), ["vault", vault.backup, "list", "--identity", vault.identity, "--aws-kms", key.arn], { env: environment() }), 2, /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set/);
    });

    it("asks again where the service throttles or fails, and gives up", async () => {
      fake.asked();
      fake.faults.throttle = 1;
      fake.faults.unavailable = 1;
      await list();
      assert.equal(fake.asked().length, 3);
      fake.faults.throttle = 9;
      await fails(1, /refuses more requests for now \(ThrottlingException\)/);
      assert.equal(fake.asked().length, 4);
      fake.faults.throttle = 0;
      fake.faults.unavailable = 9;
      await fails(1, /cannot answer for now .*503/);
      fake.faults.unavailable = 0;
      fake.faults.drop = 1;
      await fails(1, /cannot be reached/);
      fake.faults.drop = 0;
    });

    it("waits for an answer for ten seconds", async () => {
      fake.faults.delay = 12_000;
      await fails(1, /did not answer within 10 seconds/);
      fake.faults.delay = 0;
    });

    it("believes no answer of another key, of another length, or of another service", async () => {
      const tampered = async (/** @type {(answer: any) => any} */ tamper) => {
        fake.faults.tamper = tamper;
        await fails(1, /gave what is no answer/);
        fake.faults.tamper = undefined;
      };
      await tampered((answer) => ({ ...answer, KeyId: "arn:aws:kms:eu-central-1:111122223333:key/other" }));
      await tampered((answer) => ({ ...answer, KeyId: undefined }));
      await tampered((answer) => ({ ...answer, Plaintext: "AAAA" }));
      await tampered((answer) => ({ ...answer, Plaintext: 7 }));
      await tampered(({ Plaintext, ...answer }) => ({ ...answer, SharedSecret: Plaintext }));
      await tampered((answer) => ({ ...answer, more: "x".repeat(100_000) }));
      await tampered(() => "no object");
      fake.faults.tamper = (answer) => ({ ...answer, Plaintext: Buffer.alloc(32).toString("base64") });
      await fails(3, /does not open the vault/);
      fake.faults.tamper = undefined;
    });

    it("follows no redirect", async () => {
      /** @type {import("node:http").IncomingMessage[]} */
      const reached = [];
      const elsewhere = await listen(createServer((request, response) => void (reached.push(request), response.end("{}"))));
      const redirects = await listen(createServer((_, response) => void response.writeHead(307, { location: elsewhere.origin }).end()));
      await fails(1, /answered by a redirect|HTTP status 307/, { endpoint: redirects.origin });
      assert.equal(reached.length, 0);
      await Promise.all([elsewhere.stop(), redirects.stop()]);
    });

    it("sends nothing to an address that is not of this machine without TLS, or that has more than a host", async () => {
      for (const endpoint of ["http://kms.example/", "http://127.0.0.1.example/", "ftp://127.0.0.1/", "https://user@kms.example/", "https://kms.example/path", "https://kms.example/?a", "kms.example", ""]) {
        await fails(2, /--aws-endpoint/, { endpoint });
      }
      for (const arn of ["alias/escrow", "arn:aws:kms:eu-central-1:111122223333:alias/escrow", "arn:aws:kms:eu-central-1.evil.example/:111122223333:key/1", "arn:aws:s3:eu-central-1:111122223333:key/1", "arn:aws:kms::111122223333:key/1"]) {
        await fails(2, /--aws-kms is no ARN/, { arn });
      }
    });
  });
});

const SERVICES = [
  {
    name: "Azure Key Vault",
    option: "--azure-key-vault",
    endpoint: "--azure-endpoint",
    variable: "AZURE_ACCESS_TOKEN",
    serve: fakeKeyVault,
    add: (/** @type {any} */ fake) => {
      const { id, privateKey } = fake.addKey(`escrow-${++made}`);
      return { id, privateKey };
    },
    another: (/** @type {string} */ id) => id.replace(/.{4}$/, "0000"),
    names: ["https://acme.vault.azure.net/keys/escrow", "http://acme.vault.azure.net/keys/escrow/0123456789abcdef0123456789abcdef", "escrow", ""],
    changes: [(/** @type {any} */ answer) => ({ ...answer, kid: "https://other.vault.azure.net/keys/escrow/0123456789abcdef0123456789abcdef" }), (/** @type {any} */ { value }) => ({ value })],
    short: (/** @type {any} */ answer) => ({ ...answer, value: "AAAA" }),
  },
  {
    name: "Google Cloud KMS",
    option: "--google-kms",
    endpoint: "--google-endpoint",
    variable: "GOOGLE_OAUTH_ACCESS_TOKEN",
    serve: fakeGoogleKms,
    add: (/** @type {any} */ fake) => {
      const { name, privateKey } = fake.addKey(`escrow-${++made}`);
      return { id: name, privateKey };
    },
    another: (/** @type {string} */ id) => id.replace(/escrow-\d+/, "none"),
    names: ["projects/p/locations/l/keyRings/r/cryptoKeys/k", "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1?alt=sse", "k", ""],
    changes: [
      (/** @type {any} */ answer) => ({ ...answer, plaintextCrc32c: "1" }),
      (/** @type {any} */ answer) => ({ ...answer, plaintextCrc32c: undefined }),
      (/** @type {any} */ answer) => ({ ...answer, verifiedCiphertextCrc32c: false }),
    ],
    short: (/** @type {any} */ answer) => ({ ...answer, plaintext: "AAAA", plaintextCrc32c: "0" }),
  },
];

for (const { name, option, endpoint, variable, serve, add, another, names, changes, short } of SERVICES) {
  describe(`the command line program, by a key of the fake of ${name}`, () => {
    /** @type {any} */
    let fake;
    let token = "";
    const line = (/** @type {string} */ id, /** @type {string[]} */ given, who = token, at = fake.origin) =>
      run(commandLine(), [...given, option, id, endpoint, at], { env: { ...environment(), [variable]: who } });
    const newKey = () => {
      const { id, privateKey } = add(fake);
      return { id, publicJwk: jwkOf(createPublicKey(privateKey), id) };
    };

    before(async () => {
      fake = await serve();
      token = fake.token();
    });
    after(() => fake.stop());

    it("opens a vault whose escrow it is, by one request", async () => {
      const { id, publicJwk } = newKey();
      const { backup, object, identity, out } = await escrowed(publicJwk);
      fake.asked();
      await refused(line(id, ["open", object, "--vault", backup, "-o", out]), 5, /--identity/);
      assert.equal(fake.asked().length, 0);
      await line(id, ["open", object, "--vault", backup, "-o", out, "--identity", identity]);
      assert.equal(readFileSync(out, "utf8"), "a contract");
      assert.equal(fake.asked().length, 1);
    });

    it("opens a vault that takes it beside a passphrase, and nothing by one of them", async () => {
      const { id, publicJwk } = newKey();
      await opensGate(publicJwk, (given) => line(id, given), () => fake.asked());
    });

    it("opens an object that names it, and asks about none that it would refuse", async () => {
      const [{ id, publicJwk }, other] = [newKey(), newKey()];
      const { file, out, identity } = await shared(publicJwk);
      fake.asked();
      await refused(line(id, ["open", file, "-o", out]), 5, new RegExp(`${identity}.*--identity`));
      await refused(line(other.id, ["open", file, "-o", out, "--identity", identity]), 4, new RegExp(`not for the key of ${option}`));
      assert.equal(fake.asked().length, 0);
      await refused(line(other.id, ["open", file, "-o", out, "--identity", identity, "--kid", id]), 4, /not for|tampered with/);
      assert.equal(existsSync(out), false);
      await line(id, ["open", file, "-o", out, "--identity", identity]);
      assert.equal(readFileSync(out, "utf8"), "a contract");
    });

    it("is asked once more before an export, and tells why it refuses then", async () => {
      const { id, publicJwk } = newKey();
      const { backup, identity, out } = await escrowed(publicJwk);
      const who = fake.token();
      fake.asked();
      fake.faults.tamper = (/** @type {any} */ answer) => {
        fake.expire(who);
        return answer;
      };
      const exported = line(id, ["vault", backup, "export", "photos", "--identity", identity, "-o", out, "--dangerously-without-asking"], who);
      await refused(exported, 5, /access token has expired/, { accessKeyId: "", secretAccessKey: who });
      fake.faults.tamper = undefined;
      assert.equal(fake.asked().length, 2);
      assert.equal(existsSync(out), false);
    });

    it("tells why the service refuses, repeats no token, and believes no answer that is none", async () => {
      const { id, publicJwk } = newKey();
      const { backup, identity } = await escrowed(publicJwk);
      const list = (/** @type {{ key?: string, who?: string, at?: string }} */ { key = id, who = token, at } = {}, /** @type {string[]} */ ...more) =>
        line(key, ["vault", backup, "list", "--identity", identity, ...more], who, at);
      const fails = async (/** @type {number} */ code, /** @type {RegExp} */ told, /** @type {Parameters<typeof list>[0]} */ how = {}, /** @type {string[]} */ ...more) =>
        refused(list(how, ...more), code, told, { accessKeyId: "", secretAccessKey: how?.who ?? token });
      fake.faults.denied = true;
      await fails(5, /denies that this caller uses the key/);
      fake.faults.denied = false;
      fake.disable(id);
      await fails(5, /is disabled/);
      fake.enable(id);
      await fails(3, /has no such key/, { key: another(id) }, "--kid", id);
      await fails(4, new RegExp(`not for the key at ${name}`), { key: newKey().id }, "--kid", id);
      const old = fake.token();
      fake.expire(old);
      await fails(5, /access token has expired/, { who: old });
      await fails(2, new RegExp(`${variable} is not set`), { who: "" });
      fake.asked();
      fake.faults.throttle = 1;
      fake.faults.unavailable = 1;
      await list();
      assert.equal(fake.asked().length, 3);
      for (const tamper of [...changes, short, () => "no object", (/** @type {any} */ answer) => ({ ...answer, more: "x".repeat(100_000) })]) {
        fake.faults.tamper = tamper;
        await fails(1, /gave what is no answer/);
      }
      fake.faults.tamper = undefined;
      for (const key of names) await fails(2, new RegExp(`${option} is no`), { key });
      for (const at of ["http://kms.example/", "https://kms.example/path", ""]) await fails(2, new RegExp(endpoint), { at });
      const elsewhere = await listen(createServer((_, response) => void response.writeHead(307, { location: fake.origin }).end()));
      fake.asked();
      await fails(1, /answered by a redirect|HTTP status 307/, { at: elsewhere.origin });
      assert.equal(fake.asked().length, 0);
      await elsewhere.stop();
      await list();
    });
  });
}

describe("the command line program, by a key of MiniStack", () => {
  const target = ministack();
  /** @type {import("@aws-sdk/client-kms").KMSClient} */
  let client;
  before(async () => {
    client = await target.open();
  });
  after(async () => {
    client.destroy();
    await target.close();
  });

  it("opens a vault whose escrow it is", async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec: "RSA_3072", KeyUsage: "ENCRYPT_DECRYPT" }));
    const arn = String(KeyMetadata?.Arn);
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: arn }));
    const der = Buffer.from(/** @type {Uint8Array} */ (PublicKey));
    const { backup, object, identity, out } = await escrowed(jwkOf(createPublicKey({ key: der, format: "der", type: "spki" }), arn));
    const endpoint = await client.config.endpoint?.();
    assert.ok(endpoint);
    const asked = ["open", object, "--vault", backup, "--identity", identity, "-o", out, "--aws-kms", arn, "--aws-endpoint", `http://${endpoint.hostname}:${endpoint.port}`];
    await run(commandLine(), asked, { env: environment({ accessKeyId: "test", secretAccessKey: "test" }) });
    assert.equal(readFileSync(out, "utf8"), "a contract");
  });
});

/** The programs of `examples/jobs`: a server opens what names its key at a key management service, and nothing else. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPublicKey, randomBytes } from "node:crypto";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateKeyCommand, GetPublicKeyCommand } from "@aws-sdk/client-kms";
import { installedPackage, temporaryFolder } from "../../harness/consumer.mjs";
import { python } from "../../harness/environment.mjs";
import { example } from "../../harness/examples.mjs";
import { fakeAwsKms } from "../../harness/kms/aws.mjs";
import { fakeKeyVault } from "../../harness/kms/azure.mjs";
import { fakeGoogleKms } from "../../harness/kms/google.mjs";
import { listen } from "../../harness/servers/listen.mjs";
import { attachedObject, newIdentity, writeSharedObject } from "../../harness/samples/shared-objects.mjs";
import { ministack } from "./ministack.mjs";

const run = promisify(execFile);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const MARK = `EICAR-STANDARD-${"ANTIVIRUS-TEST-FILE"}`;
/** More than two blocks, with the mark over the end of a segment. */
const PLAIN = Buffer.concat([randomBytes(262_080), Buffer.from(MARK), randomBytes(300_000)]);

const installed = installedPackage();
const folder = example("jobs", here("."));
symlinkSync(here("../../node_modules/jose"), join(folder, "node_modules/jose"));

/** @type {{ name: string, command: () => string[] }[]} */
const jobs = [
  { name: "scan.py", command: () => [python(), join(folder, "scan.py")] },
  { name: "scan.mjs", command: () => [process.execPath, join(folder, "scan.mjs")] },
];

/** A public JWK under a name. @param {import("node:crypto").KeyObject} key @param {string} kid */
const jwkOf = (key, kid) => ({ ...key.export({ format: "jwk" }), kid });

/** @param {Buffer[]} files @returns {string[]} */
function written(...files) {
  const into = temporaryFolder();
  return files.map((bytes, at) => {
    const path = join(into, String(at));
    writeFileSync(path, bytes);
    return path;
  });
}

/** It ends with one line that says why, in plain text, and prints nothing else. @param {Promise<unknown>} running @param {RegExp} told */
async function refuses(running, told) {
  await assert.rejects(running, (/** @type {any} */ error) => {
    assert.match(error.stderr, told);
    assert.match(error.stderr, /^(refused: )?[ -~]+\n$/);
    assert.equal(error.stdout, "");
    assert.equal(error.code, 1);
    return true;
  });
}

/** Plaintexts whose bodies end where a block does: of one block, and of two. Tink's reader in C++ looks no further. */
const WHOLE = [262_144 - 40 - 16, 2 * (262_144 - 16) - 40].map((size) => randomBytes(size));

/** What a service may say of a request with this token. @type {(token: string) => [status: number, json: object][]} */
const foulAnswers = (token) => [
  [400, { __type: "InvalidSignatureException", message: `The canonical string was 'x-amz-security-token:${token}'. \x1b[2J` }],
  [400, { __type: `\x1b]0;${token}\x07`, message: token }],
  [400, { __type: `com.example#${token}\x1b[2J`, code: `${token}\x1b[2J` }],
  [403, { message: `\x1b[2J${token}` }],
  [200, { KeyId: `\x1b[2J${token}`, Plaintext: token }],
];

const bytes = async (/** @type {any} */ blob) => Buffer.from(await new Blob([await blob]).arrayBuffer());

const reversed = (/** @type {any} */ payload) => ({ ...payload, recipients: payload.recipients.toReversed() });
/** As if the body were another one. @param {any} payload */
const ofAnotherBody = ({ content, ...payload }) => ({ ...payload, content: { ...content, segments: content.segments.slice(0, -43) + "A".repeat(43) } });

for (const { name, command } of jobs) {
  const start = (/** @type {string[]} */ given, /** @type {Record<string, string>} */ env) => {
    const [program = "", ...first] = command();
    const { AWS_PROFILE: _, ...inherited } = process.env;
    // The SDK warns of its next year's version of Node.
    return run(program, [...first, ...given], { env: { ...inherited, NODE_NO_WARNINGS: "1", AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "eu-central-1", ...env } });
  };

  describe(`${name}, by the fake of AWS KMS`, () => {
    /** @type {Awaited<ReturnType<typeof fakeAwsKms>>} */
    let fake;
    /** @type {ReturnType<typeof fake.addKey>} */
    let key;
    /** @type {Awaited<ReturnType<typeof newIdentity>>} */
    let identity;
    /** @type {Record<string, string>} */
    let env;
    const write = (/** @type {Partial<Parameters<typeof writeSharedObject>[1]>} */ how = {}, of = key) =>
      writeOf(PLAIN, how, of);
    const writeOf = (/** @type {Buffer} */ plain, /** @type {Partial<Parameters<typeof writeSharedObject>[1]>} */ how = {}, of = key) =>
      writeSharedObject(plain, { identity, recipients: [jwkOf(createPublicKey(of.privateKey), of.arn)], ...how });
    const job = async (/** @type {string[]} */ files, /** @type {Record<string, string>} */ more = {}, { arn } = key, /** @type {{ thumbprint: string }} */ { thumbprint } = identity) =>
      JSON.parse((await start([arn, thumbprint, ...files], { ...env, ...more })).stdout);
    before(async () => {
      fake = await fakeAwsKms();
      key = fake.addKey("RSA_2048");
      identity = await newIdentity();
      const { accessKeyId, secretAccessKey, sessionToken } = fake.credentials();
      env = { AWS_ENDPOINT_URL_KMS: fake.origin, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
    });
    after(() => fake.stop());

    for (const spec of ["RSA_2048", "ECC_NIST_P256"]) {
      it(`opens attached and detached objects that name its key of ${spec}, by one request`, async () => {
        const own = fake.addKey(spec);
        const object = await write({ context: { "10": "a", "9": "grüße", case: "7" } }, own);
        const context = { CONTEXT: JSON.stringify({ case: "7", "9": "grüße", "10": "a" }) };
        const expected = { id: object.id, vault: identity.vault, covers: "content", size: PLAIN.length, found: true };
        fake.asked();
        assert.deepEqual(await job(written(attachedObject(object)), context, own), expected);
        assert.equal(fake.asked().length, 1);
        assert.deepEqual(await job(written(object.body, object.header, object.signature), context, own), expected);
        await refuses(job(written(attachedObject(object)), {}, own), /another context/);
      });
    }

    for (const spec of ["RSA_3072", "ECC_NIST_P256"]) {
      it(`opens what a vault encrypted for its key of ${spec}, attached and detached`, async () => {
        const own = fake.addKey(spec);
        const { Strongroom, passphrase } = await installed();
        const vault = await Strongroom.create({ name: `${name} ${spec}`, factors: [passphrase("correct horse battery staple")] });
        await vault.keys.create({ alias: "claims", purpose: "encrypt" });
        const recipients = [jwkOf(createPublicKey(own.privateKey), own.arn)];
        const how = { key: "claims", context: { case: "7" }, recipients };
        const by = { thumbprint: await vault.identity() };
        const told = { CONTEXT: '{"case":"7"}' };
        const attached = await vault.encrypt(PLAIN, how);
        const expected = { id: attached.id, vault: vault.id, covers: "content", size: PLAIN.length, found: true };
        assert.deepEqual(await job(written(await bytes(attached.blob())), told, own, by), expected);
        const detached = await vault.encrypt(PLAIN, { ...how, detached: true, sign: "header" });
        const files = [await bytes(detached.blob()), await bytes(detached.header), await bytes(detached.signature())];
        assert.deepEqual(await job(written(...files), told, own, by), { ...expected, id: detached.id, covers: "header" });
        const ours = await vault.encrypt(PLAIN, { key: "claims", context: { case: "7" }, recipients: [jwkOf(createPublicKey(key.privateKey), key.arn)] });
        await refuses(job(written(await bytes(ours.blob())), told, own, by), /does not name this key/);
        await vault.close();
      });
    }

    it("says what a signature of the header alone covers", async () => {
      const { covers, found } = await job(written(attachedObject(await write({ covers: "header" }))));
      assert.deepEqual([covers, found], ["header", true]);
    });

    it("asks about no object that does not name its key, or that another identity signed", async () => {
      const other = fake.addKey("RSA_2048");
      const object = await write();
      fake.asked();
      await refuses(job(written(attachedObject(object)), {}, other), /does not name this key/);
      await refuses(job(written(attachedObject(object)), {}, key, await newIdentity()), /another identity/);
      const forged = await write({ identity: await newIdentity() });
      await refuses(job(written(attachedObject(forged))), /another identity/);
      await refuses(job(written(attachedObject({ ...object, signature: forged.signature }))), /another identity/);
      const second = await write();
      await refuses(job(written(attachedObject({ ...object, signature: second.signature }))), /another header/);
      await refuses(job(written(attachedObject(await write({ change: reversed })))), /other recipients/);
      await refuses(job(written(attachedObject(await write({ typ: "sr-head+jws" })))), /no signature of an object/);
      await refuses(job(written(Buffer.concat([Buffer.from("SRM\x01"), attachedObject(object).subarray(4)]))), /no attached object that is signed/);
      // Its first byte tells the signature from another; a signature that was changed is none.
      const changed = Buffer.from(object.signature);
      changed[changed.length - 10] = changed[changed.length - 10] === 65 ? 66 : 65;
      await refuses(job(written(attachedObject({ ...object, signature: changed }))), /./);
      assert.equal(fake.asked().length, 0);
    });

    it("releases nothing of a block that is another than the signed one", async () => {
      const object = await write();
      for (const at of [0, 50, 262_143, 262_144, object.body.length - 1]) {
        const body = Buffer.from(object.body);
        body[at] = Number(body[at]) ^ 1;
        await refuses(job(written(attachedObject({ ...object, body }))), /another body than the signed one/);
      }
      // Whoever has the data key can write a body that opens: the hashes tell it.
      await refuses(job(written(attachedObject(await write({ change: ofAnotherBody })))), /another body than the signed one/);
      for (const body of [object.body.subarray(0, 262_144), object.body.subarray(0, 2 * 262_144), object.body.subarray(0, -1)]) {
        await refuses(job(written(attachedObject({ ...object, body }))), /a body that is cut|another body than the signed one/);
      }
      await refuses(job(written(attachedObject({ ...object, body: Buffer.concat([object.body, Buffer.of(0)]) }))), /another body than the signed one/);
    });

    for (const covers of /** @type {const} */ (["content", "header"])) {
      it(`takes no byte after the last segment of a body that fills its blocks, under a signature of the ${covers}`, async () => {
        for (const plain of WHOLE) {
          const object = await writeOf(plain, { covers });
          assert.equal(object.body.length % 262_144, 0);
          assert.equal((await job(written(attachedObject(object)))).size, plain.length);
          for (const more of [Buffer.of(0), randomBytes(262_144)]) {
            const body = Buffer.concat([object.body, more]);
            await refuses(job(written(attachedObject({ ...object, body }))), /refused: (another body than the signed one|a body that does not end|a segment that was changed)/);
          }
        }
      });
    }

    it("takes only the object that it is told to expect, before anybody is asked", async () => {
      const [object, other] = [await write(), await write()];
      assert.equal((await job(written(attachedObject(object)), { EXPECT: object.id })).id, object.id);
      fake.asked();
      await refuses(job(written(attachedObject(other)), { EXPECT: object.id }), /refused: another object than the expected one/);
      await refuses(job(written(other.body, other.header, other.signature), { EXPECT: object.id }), /refused: another object/);
      // A name that was looked up in vain expects no object at all.
      await refuses(job(written(attachedObject(object)), { EXPECT: "" }), /refused: another object/);
      assert.equal(fake.asked().length, 0);
    });

    it("repeats no word of the service, which may be the session's token or a terminal's command", async () => {
      const object = written(attachedObject(await write()));
      for (const at of foulAnswers("").keys()) {
        const service = createServer((request, response) => {
          const [status, json] = /** @type {[number, object]} */ (foulAnswers(String(request.headers["x-amz-security-token"]))[at]);
          response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(json));
        });
        const { origin, stop } = await listen(service);
        try {
          await assert.rejects(job(object, { AWS_ENDPOINT_URL_KMS: origin, AWS_MAX_ATTEMPTS: "1" }), (/** @type {any} */ error) => {
            const said = `${error.stdout}${error.stderr}`;
            assert.ok(env["AWS_SESSION_TOKEN"] && !said.includes(env["AWS_SESSION_TOKEN"]), `the token, of answer ${at}`);
            assert.match(said, /^refused: [ -~]+\n$/);
            if (at === 0) assert.match(said, /InvalidSignatureException/);
            return true;
          });
        } finally {
          await stop();
        }
      }
    });

    it("repeats no word of an object that is none", async () => {
      const object = await write();
      const foul = Buffer.from('{"\x1b[2J');
      await refuses(job(written(foul, foul, foul)), /^refused: /);
      await refuses(job(written(object.body, foul, object.signature)), /^refused: /);
      await refuses(job(written(object.body, object.header, Buffer.from(`${foul.toString("base64url")}.\x1b[2J.\x1b[2J`))), /^refused: /);
    });

    it("believes no answer by another key, or of another length", async () => {
      for (const spec of ["RSA_2048", "ECC_NIST_P256"]) {
        const [own, other] = [fake.addKey(spec), fake.addKey(spec)];
        const object = written(attachedObject(await write({}, own)));
        const member = spec === "RSA_2048" ? "Plaintext" : "SharedSecret";
        const cut = (/** @type {any} */ answer, /** @type {number} */ size) => Buffer.concat([Buffer.from(answer[member], "base64"), Buffer.alloc(32)]).subarray(0, size).toString("base64");
        /** @type {((answer: any) => any)[]} */
        const attacks = [
          (answer) => ({ ...answer, KeyId: other.arn }),
          (answer) => ({ ...answer, KeyId: undefined }),
          ...[0, 16, 31, 33, 64].map((size) => (/** @type {any} */ answer) => ({ ...answer, [member]: cut(answer, size) })),
          (answer) => ({ ...answer, [member]: undefined }),
        ];
        try {
          for (const attack of attacks) {
            fake.faults.tamper = attack;
            await refuses(job(object, {}, own), /refused: an answer of another key, or of another length/);
          }
        } finally {
          fake.faults.tamper = undefined;
        }
        assert.equal((await job(object, {}, own)).found, true);
      }
    });

    it("reads no header and no signature that is longer than one can be", async () => {
      const object = await write();
      const [long = ""] = written(Buffer.alloc(0));
      // As long as the store likes, and no byte of it on the disk.
      truncateSync(long, 50 * 1024 ** 3);
      const [body = "", header = "", signature = ""] = written(object.body, object.header, object.signature);
      fake.asked();
      await refuses(job([body, long, signature]), /refused: a length that nothing has/);
      await refuses(job([body, header, long]), /refused: a length that nothing has/);
      for (const [more, at] of /** @type {const} */ ([[1, 1], [8, 2]])) {
        const files = [object.body, object.header, object.signature];
        files[at] = Buffer.concat([/** @type {Buffer} */ (files[at]), Buffer.alloc(more * 1024 * 1024, " ")]);
        await refuses(job(written(...files)), /refused: a length that nothing has/);
      }
      assert.equal(fake.asked().length, 0);
    });

    it("takes one file or three: a name that is empty is none", async () => {
      const object = await write();
      const [attached = "", header = "", signature = ""] = written(attachedObject(object), object.header, object.signature);
      fake.asked();
      for (const files of [[], [attached, header], [attached, header, ""], [attached, "", signature], [attached, "", ""], [attached, header, signature, "more"]]) {
        await refuses(job(files), /./);
      }
      assert.equal(fake.asked().length, 0);
    });

    it("takes no body that is cut under a signature of the header alone", async () => {
      const object = await write({ covers: "header" });
      for (const body of [object.body.subarray(0, 262_144), object.body.subarray(0, -1), Buffer.alloc(0)]) {
        await refuses(job(written(attachedObject({ ...object, body }))), /./);
      }
    });

    it("opens nothing once the key is disabled", async () => {
      const object = await write();
      fake.disable(key.arn);
      await refuses(job(written(attachedObject(object))), /DisabledException/);
      fake.enable(key.arn);
    });
  });

  describe(`${name}, by MiniStack`, () => {
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

    it("opens an object that names its key", async () => {
      const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" }));
      const arn = String(KeyMetadata?.Arn);
      const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: arn }));
      const spki = createPublicKey({ key: Buffer.from(/** @type {Uint8Array} */ (PublicKey)), format: "der", type: "spki" });
      const identity = await newIdentity();
      const object = await writeSharedObject(PLAIN, { identity, recipients: [jwkOf(spki, arn)] });
      const endpoint = await client.config.endpoint?.();
      assert.ok(endpoint);
      const env = { AWS_ENDPOINT_URL_KMS: `http://${endpoint.hostname}:${endpoint.port}`, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
      const { stdout } = await start([arn, identity.thumbprint, ...written(attachedObject(object))], env);
      assert.equal(JSON.parse(stdout).found, true);
    });
  });
}

/** Services whose keys are of RSA alone. `scan.mjs` asks them too. */
const SERVICES = [
  {
    service: "Azure Key Vault",
    serve: fakeKeyVault,
    add: (/** @type {any} */ fake) => {
      const { id, privateKey } = fake.addKey("claims", { size: 2048 });
      return { id, privateKey };
    },
    env: (/** @type {string} */ _, /** @type {string} */ token) => ({ AZURE_ACCESS_TOKEN: token }),
    changes: [(/** @type {any} */ answer) => ({ ...answer, value: "AAAA" })],
    disabled: /refused: [A-Za-z]+\n$/,
  },
  {
    service: "Google Cloud KMS",
    serve: fakeGoogleKms,
    add: (/** @type {any} */ fake) => {
      const { name: id, privateKey } = fake.addKey("claims", { algorithm: "RSA_DECRYPT_OAEP_2048_SHA256" });
      return { id, privateKey };
    },
    env: (/** @type {string} */ origin, /** @type {string} */ token) => ({ GOOGLE_KMS_ENDPOINT: origin, GOOGLE_OAUTH_ACCESS_TOKEN: token }),
    changes: [
      (/** @type {any} */ answer) => ({ ...answer, plaintextCrc32c: "1" }),
      (/** @type {any} */ answer) => ({ ...answer, verifiedCiphertextCrc32c: false }),
      (/** @type {any} */ answer) => ({ ...answer, plaintext: "AAAA" }),
    ],
    disabled: /refused: FAILED_PRECONDITION\n$/,
  },
];

for (const { service, serve, add, env, changes, disabled } of SERVICES) {
  describe(`scan.mjs, by the fake of ${service}`, () => {
    /** @type {any} */
    let fake;
    let token = "";
    const decryptions = () => fake.asked().filter((/** @type {any} */ { method }) => method === "POST").length;
    const scan = async (/** @type {string} */ id, /** @type {string} */ identity, /** @type {string[]} */ files, by = token) => {
      const given = [join(folder, "scan.mjs"), id, identity, ...files];
      const { stdout } = await run(process.execPath, given, { env: { ...process.env, NODE_NO_WARNINGS: "1", ...env(fake.origin, by) } });
      return JSON.parse(stdout);
    };
    before(async () => {
      fake = await serve();
      token = fake.token();
    });
    after(() => fake.stop());

    it("opens what a vault encrypted for its key, by one request that decrypts, and nothing else", async () => {
      const [own, other] = [add(fake), add(fake)];
      const { Strongroom, passphrase } = await installed();
      const vault = await Strongroom.create({ name: service, factors: [passphrase("correct horse battery staple")] });
      await vault.keys.create({ alias: "claims", purpose: "encrypt" });
      const object = await vault.encrypt(PLAIN, { key: "claims", recipients: [jwkOf(createPublicKey(own.privateKey), own.id)] });
      const files = written(await bytes(object.blob()));
      const identity = await vault.identity();
      fake.asked();
      const expected = { id: object.id, vault: vault.id, covers: "content", size: PLAIN.length, found: true };
      assert.deepEqual(await scan(own.id, identity, files), expected);
      assert.equal(decryptions(), 1);
      await refuses(scan(other.id, identity, files), /does not name this key/);
      await refuses(scan(own.id, (await newIdentity()).thumbprint, files), /another identity/);
      assert.equal(decryptions(), 0);
      await vault.close();
    });

    it("believes no answer that was changed, or of another length, and repeats no token", async () => {
      const own = add(fake);
      const identity = await newIdentity();
      const object = written(attachedObject(await writeSharedObject(PLAIN, { identity, recipients: [jwkOf(createPublicKey(own.privateKey), own.id)] })));
      for (const tamper of changes) {
        fake.faults.tamper = tamper;
        await refuses(scan(own.id, identity.thumbprint, object), /refused: an answer of another key, or of another length/);
      }
      fake.faults.tamper = undefined;
      fake.disable(own.id);
      await refuses(scan(own.id, identity.thumbprint, object), disabled);
      fake.enable(own.id);
      await assert.rejects(scan(own.id, identity.thumbprint, object, "another-token"), (/** @type {any} */ error) => !error.stderr.includes("another-token"));
      assert.equal((await scan(own.id, identity.thumbprint, object)).found, true);
    });
  });
}

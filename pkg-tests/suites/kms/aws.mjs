/** What AWS KMS answers to its own client, `@aws-sdk/client-kms`: against the fake, MiniStack, or the real service. */
import assert from "node:assert/strict";
import { diffieHellman, generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DeriveSharedSecretCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetPublicKeyCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import { within } from "./patience.mjs";
import { shortened, spki, unpadded, wrapped } from "./wrapping.mjs";

const OAEP = /** @type {const} */ ("RSAES_OAEP_SHA_256");

/**
 * @typedef {object} Target
 * @property {() => Promise<import("@aws-sdk/client-kms").KMSClient>} open
 * @property {() => Promise<void>} close
 * @property {boolean} [withoutEcdh] whether it lacks `DeriveSharedSecret`
 * @property {boolean} [withoutDryRun] whether `Decrypt` ignores `DryRun`
 * @property {number} [patience] seconds in which a change of a key's state takes effect
 * @property {(client: () => import("@aws-sdk/client-kms").KMSClient) => void} [more] tests of what no command brings about
 *
 * @param {string} name
 * @param {Target} target
 */
export function awsConforms(name, target) {
  describe(`AWS KMS's client, against ${name}`, () => {
    /** @type {import("@aws-sdk/client-kms").KMSClient} */
    let client;
    /** @type {string[]} */
    const made = [];
    /** The ARN of a new key. */
    const create = async (/** @type {import("@aws-sdk/client-kms").KeySpec} */ spec = "RSA_2048") => {
      const usage = spec.startsWith("RSA") ? "ENCRYPT_DECRYPT" : "KEY_AGREEMENT";
      const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage: usage, Description: "strongroom conformance" }));
      const arn = String(KeyMetadata?.Arn);
      made.push(arn);
      return arn;
    };
    const publicKey = async (/** @type {string} */ KeyId) => {
      const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
      return spki(/** @type {Uint8Array} */ (PublicKey));
    };
    const decrypt = (/** @type {string} */ KeyId, /** @type {Uint8Array} */ ciphertext, /** @type {any} */ algorithm = OAEP) =>
      client.send(new DecryptCommand({ KeyId, CiphertextBlob: ciphertext, EncryptionAlgorithm: algorithm }));

    const eventually = (/** @type {() => Promise<void>} */ work) => within(target.patience, work);

    before(async () => {
      client = await target.open();
    });
    after(async () => {
      for (const KeyId of made) await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })).catch(() => undefined);
      client.destroy();
      await target.close();
    });

    it("tells a key's public half, and decrypts what was wrapped for it elsewhere", async () => {
      for (const spec of /** @type {const} */ (["RSA_2048", "RSA_3072"])) {
        const arn = await create(spec);
        const answer = await client.send(new GetPublicKeyCommand({ KeyId: arn }));
        assert.equal(answer.KeyId, arn);
        assert.equal(answer.KeyUsage, "ENCRYPT_DECRYPT");
        assert.ok(answer.EncryptionAlgorithms?.includes(OAEP));
        const { cek, ciphertext } = wrapped(spki(/** @type {Uint8Array} */ (answer.PublicKey)));
        const opened = await decrypt(arn, ciphertext);
        assert.deepEqual(Buffer.from(/** @type {Uint8Array} */ (opened.Plaintext)), cek);
        assert.equal(opened.KeyId, arn);
        assert.equal(opened.EncryptionAlgorithm, OAEP);
      }
    });

    it("derives a shared secret, on the curve of the key alone", { skip: target.withoutEcdh }, async () => {
      const arn = await create("ECC_NIST_P256");
      const ephemeral = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const derive = (/** @type {import("node:crypto").KeyObject} */ key) =>
        client.send(new DeriveSharedSecretCommand({ KeyId: arn, KeyAgreementAlgorithm: "ECDH", PublicKey: key.export({ type: "spki", format: "der" }) }));
      const answer = await derive(ephemeral.publicKey);
      assert.equal(answer.KeyId, arn);
      const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: await publicKey(arn) });
      assert.deepEqual(Buffer.from(/** @type {Uint8Array} */ (answer.SharedSecret)), secret);
      await assert.rejects(derive(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey));
      await refused(decrypt(arn, Buffer.alloc(256)), "InvalidKeyUsageException");
    });

    it("refuses another key's ciphertext, another algorithm and what has no padding", async () => {
      const [arn, other] = [await create(), await create()];
      const key = await publicKey(arn);
      const { ciphertext } = wrapped(key);
      await refused(decrypt(other, ciphertext), "InvalidCiphertextException", "IncorrectKeyException");
      await refused(decrypt(arn, ciphertext, "RSAES_OAEP_SHA_1"), "InvalidCiphertextException");
      await refused(decrypt(arn, ciphertext, "SYMMETRIC_DEFAULT"), "InvalidKeyUsageException", "InvalidCiphertextException");
      await refused(decrypt(arn, unpadded(key)), "InvalidCiphertextException");
      await refused(decrypt(arn, shortened(key)), "InvalidCiphertextException");
    });

    it("uses no disabled key, and uses it again once it is enabled", async () => {
      const KeyId = await create();
      const { cek, ciphertext } = wrapped(await publicKey(KeyId));
      await client.send(new DisableKeyCommand({ KeyId }));
      await eventually(() => refused(decrypt(KeyId, ciphertext), "DisabledException"));
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
      assert.equal(KeyMetadata?.KeyState, "Disabled");
      await client.send(new EnableKeyCommand({ KeyId }));
      await eventually(async () => {
        const { Plaintext } = await decrypt(KeyId, ciphertext);
        assert.deepEqual(Buffer.from(/** @type {Uint8Array} */ (Plaintext)), cek);
      });
    });

    it("uses no key that is to be deleted", async () => {
      const KeyId = await create();
      const { ciphertext } = wrapped(await publicKey(KeyId));
      await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
      await eventually(() => refused(decrypt(KeyId, ciphertext), "KMSInvalidStateException"));
      await client.send(new CancelKeyDeletionCommand({ KeyId }));
      await eventually(() => refused(decrypt(KeyId, ciphertext), "DisabledException"));
    });

    it("knows no other key", async () => {
      const arn = await create();
      const missing = arn.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000");
      await refused(decrypt(missing, Buffer.alloc(256)), "NotFoundException", "AccessDeniedException");
      await refused(client.send(new GetPublicKeyCommand({ KeyId: missing })), "NotFoundException", "AccessDeniedException");
    });

    it("follows an alias to another key", async () => {
      const [first, second] = [await create(), await create()];
      const AliasName = `alias/strongroom-conformance-${Date.now()}`;
      const named = async () => (await client.send(new DescribeKeyCommand({ KeyId: AliasName }))).KeyMetadata?.Arn;
      await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: first }));
      try {
        await eventually(async () => assert.equal(await named(), first));
        await client.send(new UpdateAliasCommand({ AliasName, TargetKeyId: second }));
        await eventually(async () => assert.equal(await named(), second));
      } finally {
        await client.send(new DeleteAliasCommand({ AliasName }));
      }
      await eventually(() => refused(named(), "NotFoundException"));
    });

    it("tries a key without ciphertext", { skip: target.withoutDryRun }, async () => {
      const KeyId = await create();
      const dry = () => client.send(new DecryptCommand({ KeyId, EncryptionAlgorithm: OAEP, DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }));
      await refused(dry(), "DryRunOperationException");
      await client.send(new DisableKeyCommand({ KeyId }));
      await eventually(() => refused(dry(), "DisabledException"));
    });

    target.more?.(() => client);
  });
}

const refused = (/** @type {Promise<unknown>} */ work, /** @type {string[]} */ ...names) =>
  assert.rejects(work, (/** @type {Error} */ error) => {
    assert.ok(names.includes(error.name), `${error.name}: ${error.message}`);
    return true;
  });

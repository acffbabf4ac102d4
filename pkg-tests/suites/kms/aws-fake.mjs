/** The fake of AWS KMS, with tests of what no command of the client's brings about. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { AwsClient } from "aws4fetch";
import { DecryptCommand, DescribeKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { fakeAwsKms } from "../../harness/kms/aws.mjs";
import { preflight } from "./preflight.mjs";
import { publicHalf, wrapped } from "./wrapping.mjs";

const OAEP = /** @type {const} */ ("RSAES_OAEP_SHA_256");
const TYPE = "__type";

/** @returns {import("./aws.mjs").Target} */
export function awsFake() {
  /** @type {Awaited<ReturnType<typeof fakeAwsKms>>} */
  let fake;
  /** @type {ReturnType<typeof fake.credentials>} */
  let credentials;
  const clientOf = (given = credentials, region = fake.region) => new KMSClient({ region, endpoint: fake.origin, credentials: given });
  return {
    async open() {
      fake = await fakeAwsKms();
      credentials = fake.credentials();
      return clientOf();
    },
    close: () => fake.stop(),
    more(client) {
      const decrypt = (/** @type {string} */ KeyId, /** @type {Uint8Array} */ ciphertext, by = client()) =>
        by.send(new DecryptCommand({ KeyId, CiphertextBlob: ciphertext, EncryptionAlgorithm: OAEP }));

      it("refuses too many requests by HTTP 400, which the client tries again", async () => {
        const key = fake.addKey("RSA_2048");
        const { ciphertext } = wrapped(publicHalf(key));
        fake.faults.throttle = 2;
        fake.asked();
        await decrypt(key.arn, ciphertext);
        assert.equal(fake.asked().length, 3);
        fake.faults.throttle = 9;
        await assert.rejects(decrypt(key.arn, ciphertext), (/** @type {any} */ error) => error.name === "ThrottlingException" && error.$metadata.httpStatusCode === 400);
        fake.faults.throttle = 0;
      });

      it("ends connections and answers 503 or late when told, which the client bears", async () => {
        const key = fake.addKey("RSA_2048");
        Object.assign(fake.faults, { drop: 1, unavailable: 1 });
        fake.asked();
        await client().send(new GetPublicKeyCommand({ KeyId: key.arn }));
        assert.equal(fake.asked().length, 3);
        fake.faults.delay = 300;
        const begun = performance.now();
        await client().send(new GetPublicKeyCommand({ KeyId: key.arn }));
        fake.faults.delay = 0;
        assert.ok(performance.now() - begun > 290);
      });

      it("refuses who may not, an expired token, an unknown caller and a wrong secret", async () => {
        const key = fake.addKey("RSA_2048");
        const { ciphertext } = wrapped(publicHalf(key));
        const denied = (/** @type {KMSClient} */ by, /** @type {string} */ name) => assert.rejects(decrypt(key.arn, ciphertext, by), { name });
        fake.faults.denied = true;
        await denied(client(), "AccessDeniedException");
        fake.faults.denied = false;
        const session = fake.credentials();
        await decrypt(key.arn, ciphertext, clientOf(session));
        fake.expire(session);
        await denied(clientOf(session), "ExpiredTokenException");
        await denied(clientOf({ ...credentials, accessKeyId: "ASIAUNKNOWN" }), "UnrecognizedClientException");
        await denied(clientOf({ ...credentials, sessionToken: "another" }), "UnrecognizedClientException");
        await denied(clientOf({ ...credentials, secretAccessKey: "another" }), "InvalidSignatureException");
        await denied(clientOf(credentials, "us-east-1"), "InvalidSignatureException");
      });

      it("verifies that the body, the operation and the time are those that were signed", async () => {
        const key = fake.addKey("RSA_2048");
        fake.asked();
        await client().send(new DescribeKeyCommand({ KeyId: key.arn }));
        const [{ headers, body }] = /** @type {[import("../../harness/kms/fake.mjs").Asked]} */ (fake.asked());
        const again = async (/** @type {object} */ changed = {}, sent = body) => {
          const { connection: _, host: __, "content-length": ___, ...rest } = /** @type {any} */ (headers);
          const answer = await fetch(fake.origin, { method: "POST", headers: { ...rest, ...changed }, body: new Uint8Array(sent) });
          return typeOf(answer);
        };
        assert.equal(await again(), undefined);
        const invalid = "InvalidSignatureException";
        // Of the same length, which is signed too.
        assert.equal(await again({}, Buffer.from(body.toString().toUpperCase())), invalid);
        assert.equal(await again({ "x-amz-target": "TrentService.GetPublicKey" }), invalid);
        assert.equal(await again({ "x-amz-date": "20200101T000000Z" }), invalid);
        assert.equal(await again({ "x-amz-more": "unsigned" }), invalid);
        assert.equal(await again({ authorization: "AWS4-HMAC-SHA256 nothing" }), "IncompleteSignatureException");
        assert.equal(await typeOf(await fetch(fake.origin, { method: "POST", body: "{}" })), "MissingAuthenticationTokenException");
      });

      it("takes what aws4fetch signs, which pages sign with", async () => {
        const key = fake.addKey("RSA_2048");
        const { cek, ciphertext } = wrapped(publicHalf(key));
        const page = new AwsClient({ ...credentials, service: "kms", region: fake.region, retries: 0 });
        const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Decrypt" };
        const body = JSON.stringify({ KeyId: key.arn, CiphertextBlob: ciphertext.toString("base64"), EncryptionAlgorithm: OAEP });
        const answer = await (await page.fetch(fake.origin, { method: "POST", headers, body })).json();
        assert.deepEqual(answer, { KeyId: key.arn, Plaintext: cek.toString("base64"), EncryptionAlgorithm: OAEP });
      });

      it("knows keys of its own region, and opens by each key of a multi-Region one", async () => {
        const key = fake.addKey("RSA_2048", { id: "mrk-1234abcd12ab34cd56ef1234567890ab" });
        const elsewhere = await fakeAwsKms({ region: "eu-west-1" });
        try {
          const { arn } = elsewhere.addKey("RSA_2048", key);
          const other = new KMSClient({ region: "eu-west-1", endpoint: elsewhere.origin, credentials: elsewhere.credentials() });
          const { cek, ciphertext } = wrapped(publicHalf(key));
          const { Plaintext, KeyId } = await decrypt(arn, ciphertext, other);
          assert.deepEqual([Buffer.from(/** @type {Uint8Array} */ (Plaintext)), KeyId], [cek, arn]);
          await assert.rejects(decrypt(key.arn, ciphertext, other), { name: "NotFoundException" });
        } finally {
          await elsewhere.stop();
        }
      });

      it("changes its answers when told", async () => {
        const [key, other] = [fake.addKey("RSA_2048"), fake.addKey("RSA_2048")];
        fake.faults.tamper = (answer) => ({ ...answer, KeyId: other.arn });
        const { KeyId } = await decrypt(key.arn, wrapped(publicHalf(key)).ciphertext);
        fake.faults.tamper = undefined;
        assert.equal(KeyId, other.arn);
      });

      it("lets pages of every origin in, and says that it is a fake", async () => {
        const { origin, headers } = await preflight(fake.origin, "authorization,x-amz-date,x-amz-target");
        assert.equal(origin, "*");
        for (const name of ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-target", "content-type"]) assert.ok(headers?.split(",").includes(name), name);
      });
    },
  };
}

/** The error's name, if it is one. @param {Response} answer */
async function typeOf(answer) {
  const { [TYPE]: type } = await answer.json();
  return type;
}

/** What a store's refusals mean: its own code decides, not the status that comes with it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { downloadFromS3, uploadToS3 } from "strongroom/s3";
import { storeServer } from "./store-server.mjs";
import { code, pattern, sharedVault } from "./support.mjs";

const MiB = 1024 * 1024;
const { answers, asked, at } = await storeServer();
const signed = (name) => async () => ({ url: at(name) });

function presigner(more = {}) {
  const names = ["put", "part", "complete", "abort"];
  return { ...Object.fromEntries(names.map((name) => [name, signed(name)])), create: async () => "an id", ...more };
}

const refusal = (status, storeCode, message = "Store's own words.") =>
  [status, {}, `<?xml version="1.0"?>\n<Error><Code>${storeCode}</Code><Message>${message}</Message></Error>`];

async function objectOf(size, ...next) {
  const object = await (await sharedVault()).encrypt(pattern(size), { key: "photos" });
  answers.length = 0;
  asked.length = 0;
  answers.push(...next);
  return object;
}

for (const [status, storeCode] of [
  [400, "RequestTimeout"],
  [400, "IncompleteBody"],
  [409, "OperationAborted"],
  [409, "ConditionalRequestConflict"],
  [400, "SlowDown"],
  [400, "InternalError"],
]) {
  test(`${status} ${storeCode} is tried again`, async () => {
    const object = await objectOf(1000, refusal(status, storeCode));
    assert.equal((await uploadToS3(object, presigner(), { retries: 1 })).parts, 1);
    const other = await objectOf(1000, refusal(status, storeCode));
    const failed = uploadToS3(other, presigner(), { retries: 0 });
    await assert.rejects(failed, { code: "ERR_TRANSFER", status, storeCode });
  });
}

for (const [status, storeCode] of [
  [400, "ExpiredToken"],
  [400, "TokenRefreshRequired"],
  [403, "AccessDenied"],
  [403, "SignatureDoesNotMatch"],
]) {
  test(`${status} ${storeCode} asks for a fresh URL, once`, async () => {
    const calls = [];
    const put = async () => ({ url: at(`put?${calls.push("put")}`) });
    const object = await objectOf(1000, refusal(status, storeCode));
    await uploadToS3(object, presigner({ put }), { retries: 0 });
    assert.deepEqual(asked.map(({ path }) => path), ["/put?1", "/put?2"]);
    const other = await objectOf(1000, refusal(status, storeCode), refusal(status, storeCode));
    const failed = uploadToS3(other, presigner({ put }), { retries: 3 });
    await assert.rejects(failed, { code: "ERR_TRANSFER", status, storeCode });
    assert.equal(asked.length, 2);
  });
}

for (const [status, storeCode] of [
  [400, "EntityTooLarge"],
  [501, "NotImplemented"],
  [503, "NoSuchBucket"],
  [400, "SomethingNew"],
]) {
  test(`${status} ${storeCode} is final, and says what the store says`, async () => {
    const object = await objectOf(1000, refusal(status, storeCode, "A &lt;b&gt; of &#34;c&#34;."));
    const failed = uploadToS3(object, presigner(), { retries: 3 });
    const message = new RegExp(`${status}.*${storeCode}.*A <b> of "c"\\.`);
    await assert.rejects(failed, { code: "ERR_TRANSFER", status, storeCode, message });
    assert.equal(asked.length, 1);
  });
}

test("an error in the body of a 200 is decided by its code too", async () => {
  const parts = [[], [], []];
  const how = { partSize: 5 * MiB, concurrency: 1, retries: 1 };
  const final = await objectOf(12 * MiB, ...parts, refusal(200, "InvalidPart"));
  const refused = { code: "ERR_TRANSFER", storeCode: "InvalidPart", message: /Store's own words/ };
  await assert.rejects(uploadToS3(final, presigner(), how), refused);
  assert.deepEqual(asked.map(({ path }) => path), ["/part", "/part", "/part", "/complete", "/abort"]);
  const expired = await objectOf(12 * MiB, ...parts, refusal(200, "ExpiredToken"));
  const done = presigner();
  answers.push([200, {}, "<CompleteMultipartUploadResult><Key>a</Key></CompleteMultipartUploadResult>"]);
  assert.equal((await uploadToS3(expired, done, { ...how, retries: 0 })).parts, 3);
});

test("a download asks for a fresh URL in place of an expired one", async () => {
  const vault = await sharedVault();
  const stored = Buffer.from(await (await vault.encrypt("hello", { key: "photos" })).bytes());
  answers.length = 0;
  answers.push(refusal(400, "ExpiredToken"), [200, {}, stored]);
  const opened = await vault.decrypt(await downloadFromS3({ get: signed("get") }, { retries: 0 }));
  assert.equal(await opened.text(), "hello");
});

test("each further attempt is told before its pause, and not the ones that ask for a fresh URL", async () => {
  const told = [];
  const onRetrying = ({ error, attempt, delay }) => told.push([error.storeCode, attempt, delay >= 250]);
  const object = await objectOf(1000, refusal(503, "SlowDown"), refusal(403, "AccessDenied"), refusal(400, "RequestTimeout"));
  await uploadToS3(object, presigner(), { onRetrying });
  assert.deepEqual(told, [["SlowDown", 1, true], ["RequestTimeout", 2, true]]);
  await assert.rejects(uploadToS3(await objectOf(1000), presigner(), { onRetrying: "no" }), code("ERR_ARGUMENT"));
});

test("a store's words are bounded, and hold nothing that steers a terminal", async () => {
  const object = await objectOf(1000, refusal(400, "Odd", `\u001b[31m\u202e${"x".repeat(100_000)}`));
  await assert.rejects(uploadToS3(object, presigner(), { retries: 0 }), (error) => {
    assert.ok(error.message.length < 500, `${error.message.length}`);
    assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}]/u);
    return code("ERR_TRANSFER")(error);
  });
  const longCode = await objectOf(1000, refusal(400, "C".repeat(1000)));
  await assert.rejects(uploadToS3(longCode, presigner(), { retries: 0 }), (error) => error.message.length < 500);
});

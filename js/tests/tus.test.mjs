import assert from "node:assert/strict";
import { test } from "node:test";
import { forTus } from "strongroom/tus";
import { code, gather, pattern, secret, streamOf, vaultWithKey } from "./support.mjs";

const MiB = 1024 * 1024;
const context = { file: "film" };
const plain = pattern(3 * MiB + 77);
const film = (bytes = plain) => new File([bytes], "film.webm", { lastModified: 7 });
const encrypted = (vault, input = film()) => vault.encrypt(input, { key: "photos", context });

/** What tus would read, how often the body was begun, and from where. */
async function opened(object, options) {
  const begun = [];
  const { stream } = object;
  object.stream = ({ from = 0 } = {}) => {
    begun.push(from);
    return stream.call(object, { from });
  };
  const [input, made] = forTus(object, options);
  const source = await made.fileReader.openFile(input, made.chunkSize);
  const slice = async (start, end) => {
    const { value, done } = await source.slice(start, end);
    return { bytes: Buffer.from(await value.arrayBuffer()), done };
  };
  return { begun, made, source, slice };
}

/** An object that can be resumed, and all of its bytes. */
async function pinned(vault) {
  const object = await encrypted(vault);
  const token = await object.resumeToken();
  return { object, token, whole: Buffer.from(await object.bytes()) };
}

/** One that is made once, and what went out, chunk by chunk. */
async function inChunks(slice, chunk, size = Infinity) {
  const chunks = [];
  for (let start = 0; ; start += chunk) {
    const { bytes, done } = await slice(start, Math.min(start + chunk, size));
    chunks.push(bytes);
    if (done) return chunks;
    assert.equal(bytes.byteLength, chunk);
  }
}

test("an object goes out chunk by chunk, and is begun once", async () => {
  const vault = await vaultWithKey();
  const object = await encrypted(vault);
  const { begun, made, slice } = await opened(object);
  assert.deepEqual([made.uploadSize, made.uploadLengthDeferred], [object.size, undefined]);
  assert.deepEqual([made.chunkSize, made.storeFingerprintForResuming], [8 * MiB, false]);
  assert.equal(await made.fingerprint(film()), object.id);
  const chunks = await inChunks(slice, 1_000_000, object.size);
  assert.deepEqual([chunks.length, begun], [4, [0]]);
  const back = await vault.decrypt(Buffer.concat(chunks), { context });
  assert.deepEqual(await back.bytes(), plain);
});

test("one of unknown size ends when its body does, at a chunk's end too", async () => {
  const vault = await vaultWithKey();
  const { size } = await encrypted(vault, plain);
  for (const chunk of [1_000_000, size, size / 5]) {
    const object = await encrypted(vault, streamOf(plain, 100_000).stream);
    const { made, slice } = await opened(object);
    assert.deepEqual([made.uploadSize, made.uploadLengthDeferred], [undefined, true]);
    const chunks = await inChunks(slice, Math.ceil(chunk));
    const back = await vault.decrypt(Buffer.concat(chunks), { context });
    assert.deepEqual(await back.bytes(), plain);
  }
});

test("of one that is made once, the chunk under way is given again, and nothing before it", async () => {
  const vault = await vaultWithKey();
  const object = await encrypted(vault);
  const { begun, made, source, slice } = await opened(object);
  const chunks = [(await slice(0, MiB)).bytes];
  assert.ok((await slice(0, MiB)).bytes.equals(chunks[0]), "all of it");
  const { bytes } = await slice(300_000, 300_000 + MiB);
  assert.ok(bytes.subarray(0, MiB - 300_000).equals(chunks[0].subarray(300_000)), "from inside it");
  chunks.push(bytes.subarray(MiB - 300_000));
  chunks.push((await slice(300_000 + MiB, object.size)).bytes);
  assert.deepEqual(begun, [0]);
  const back = await vault.decrypt(Buffer.concat(chunks), { context });
  assert.deepEqual(await back.bytes(), plain);

  const failure = await source.slice(0, MiB).catch((error) => error);
  assert.equal(failure.code, "ERR_CONSUMED");
  assert.match(failure.message, /resumeToken\(\)/);
  assert.equal(made.onShouldRetry({ causingError: failure, originalResponse: null }, 0, made), false);
});

test("an upload that another object began does not go on with one that is made once", async () => {
  const { slice } = await opened(await encrypted(await vaultWithKey()));
  await assert.rejects(slice(MiB, 2 * MiB), code("ERR_CONSUMED"));
});

test("one that can be resumed begins anywhere, and begins again only for a place that it has not come to", async () => {
  const { object, whole } = await pinned(await vaultWithKey());
  const { begun, made, slice } = await opened(object);
  assert.equal(made.storeFingerprintForResuming, true);
  const places = [2 * MiB, 2 * MiB + 500_000, 2 * MiB + 500_000, 5, MiB + 5, 3 * MiB];
  for (const start of places) {
    const end = Math.min(start + MiB, whole.byteLength);
    const { bytes, done } = await slice(start, end);
    assert.ok(bytes.equals(whole.subarray(start, end)), `from ${start}`);
    assert.equal(done, end === whole.byteLength);
  }
  assert.deepEqual(begun, [2 * MiB, 5, 3 * MiB]);
});

test("what is asked for at the same time comes one after the other", async () => {
  const { object, whole } = await pinned(await vaultWithKey());
  const { begun, slice } = await opened(object);
  const [one, other] = await Promise.all([slice(0, MiB), slice(MiB / 2, MiB)]);
  assert.ok(one.bytes.equals(whole.subarray(0, MiB)));
  assert.ok(other.bytes.equals(whole.subarray(MiB / 2, MiB)));
  assert.deepEqual(begun, [0]);
});

test("the body's failures are final, and one that can be resumed goes on after them", async () => {
  const vault = await vaultWithKey();
  const { object, token, whole } = await pinned(vault);
  object.close();
  const other = plain.slice();
  other[2 * MiB] ^= 1;
  const changed = await vault.resume(token, film(other), { context });
  const { made, source, slice } = await opened(changed);
  assert.ok((await slice(0, 1000)).bytes.equals(whole.subarray(0, 1000)));
  const failure = await source.slice(1000, whole.byteLength).catch((error) => error);
  assert.equal(failure.code, "ERR_CHANGED");
  assert.equal(made.onShouldRetry({ causingError: failure, originalResponse: null }, 0, made), false);
  assert.ok((await slice(0, 1000)).bytes.equals(whole.subarray(0, 1000)));
});

function retried({ onShouldRetry }, status) {
  const originalResponse = status === undefined ? null : { getStatus: () => status };
  return onShouldRetry({ causingError: null, originalResponse }, 0);
}

test("after a lock, the token lets the upload go on", async () => {
  const vault = await vaultWithKey();
  const { object, token, whole } = await pinned(vault);
  const { source, slice } = await opened(object);
  await slice(0, 1000);
  await vault.lock();
  await assert.rejects(source.slice(1000, whole.byteLength), code("ERR_LOCKED"));
  object.close();
  await vault.unlock(secret());
  const again = await opened(await vault.resume(token, film(), { context }));
  assert.ok((await again.slice(1000, whole.byteLength)).bytes.equals(whole.subarray(1000)));
});

test("a request is tried again as tus would, or as the caller says", async () => {
  const object = await encrypted(await vaultWithKey());
  const [, made] = forTus(object);
  assert.deepEqual([undefined, 409, 423, 500].map((status) => retried(made, status)), [true, true, true, true]);
  assert.deepEqual([400, 404].map((status) => retried(made, status)), [false, false]);
  const [, asked] = forTus(object, { onShouldRetry: () => true });
  assert.equal(retried(asked, 404), true);
});

test("where the upload is stays in the vault until it is done", async () => {
  const vault = await vaultWithKey();
  const { object, token } = await pinned(vault);
  const { urlStorage } = forTus(object)[1];
  assert.deepEqual(await urlStorage.findUploadsByFingerprint(token), []);
  await object.remember('{"s3":{}}');
  assert.deepEqual(await urlStorage.findUploadsByFingerprint(token), []);
  await urlStorage.addUpload(token, { size: 5, uploadUrl: "https://store.example/1" });
  object.close();

  const again = await vault.resume(token, film(), { context });
  let left;
  const [, made] = forTus(again, { onSuccess: () => (left = vault.uploads.list()) });
  const [previous] = await made.urlStorage.findUploadsByFingerprint(token);
  assert.deepEqual(previous, { size: 5, uploadUrl: "https://store.example/1", urlStorageKey: token });
  await made.urlStorage.removeUpload(token);
  await made.onSuccess({});
  assert.deepEqual(await left, [], "ended before the caller hears of it");
  await assert.rejects(vault.resume(token, film(), { context }), code("ERR_NO_OBJECT"));
  assert.equal(await made.urlStorage.addUpload(token, {}), token, "an upload goes on without a record");
});

test("an upload that is removed from the server is ended here", async () => {
  const vault = await vaultWithKey();
  const { object } = await pinned(vault);
  const seen = [];
  const [, made] = forTus(object, { onAfterResponse: (request) => void seen.push(request.getMethod()) });
  const answered = (method, status) =>
    made.onAfterResponse({ getMethod: () => method }, { getStatus: () => status });
  await answered("PATCH", 204);
  await answered("DELETE", 500);
  assert.equal((await vault.uploads.list()).length, 1);
  await answered("DELETE", 204);
  assert.deepEqual(await vault.uploads.list(), []);
  assert.deepEqual(seen, ["PATCH", "DELETE", "DELETE"]);
  const once = await encrypted(vault);
  await forTus(once)[1].onAfterResponse({ getMethod: () => "DELETE" }, { getStatus: () => 204 });
  await assert.rejects(async () => gather(once.stream()), code("ERR_CLOSED"));
});

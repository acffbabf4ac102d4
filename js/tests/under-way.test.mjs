/** Bodies that are under way when their version's state changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, pattern, vaultWithKey } from "./support.mjs";

const MiB = 1024 * 1024;
const context = { film: "1" };
const plain = pattern(6 * MiB);
const encrypting = (vault, options) => vault.encrypt(new Blob([plain]), { key: "photos", context, ...options });

const CHANGES = {
  suspended: (key) => key.primaryVersion.suspend(),
  "destroy-scheduled": (key) => key.scheduleDestroy(),
  destroyed: (key) => key.destroy(),
};
const refused = (state) => (error) => error.code === "ERR_STATE" && error.from === state;

/** Reads a stream to its end, with something done after the first chunk. */
async function readWith(stream, between) {
  const reader = stream.getReader();
  assert.ok(!(await reader.read()).done);
  await between();
  let chunks = 1;
  for (; !(await reader.read()).done; chunks++);
  return chunks;
}

for (const [state, change] of Object.entries(CHANGES)) {
  test(`what is being read or written stops when its version is ${state}`, async () => {
    const vault = await vaultWithKey();
    const bytes = await (await encrypting(vault)).bytes();
    const reader = await vault.openObject(new Blob([bytes]), { context });
    assert.deepEqual(await reader.read(10, 10), plain.subarray(10, 20));
    const reading = await vault.decrypt(new Blob([bytes]), { context });
    const writing = await encrypting(vault);
    const waiting = await encrypting(vault);
    const again = await vault.reencrypt(new Blob([bytes]), { key: "photos", context });
    const key = await vault.keys.get("photos");
    await assert.rejects(readWith(reading.stream(), () => change(key)), refused(state));
    await assert.rejects(writing.bytes(), refused(state));
    await assert.rejects(waiting.blob(), refused(state));
    await assert.rejects(again.bytes(), refused(state));
    // Also what was read before, and is kept.
    await assert.rejects(reader.read(10, 10), refused(state));
    await vault.close();
  });
}

test("what is open is read again once its version is resumed", async () => {
  const vault = await vaultWithKey();
  const bytes = await (await encrypting(vault)).bytes();
  const reader = await vault.openObject(new Blob([bytes]), { context });
  const suspended = await (await vault.keys.get("photos")).primaryVersion.suspend();
  await assert.rejects(reader.read(10, 10), refused("suspended"));
  await suspended.primaryVersion.resume();
  assert.deepEqual(await reader.read(10, 10), plain.subarray(10, 20));
  await vault.close();
});

test("what is being written is finished under a version that was rotated or revoked, and not under a stolen one", async () => {
  const vault = await vaultWithKey();
  const writing = await encrypting(vault);
  const key = await vault.keys.get("photos");
  await readWith(writing.stream(), () => key.rotate());
  const stolen = await encrypting(vault);
  const bytes = await (await encrypting(vault)).bytes();
  const reading = await vault.decrypt(new Blob([bytes]), { context });
  const { version } = reading;
  assert.deepEqual([version.key, version.state], [key.id, "active"]);
  const revoke = async () => (await key.refresh()).primaryVersion.revoke({ compromised: true });
  await assert.rejects(readWith(stolen.stream(), revoke), refused("compromised"));
  assert.deepEqual(await reading.bytes(), plain);
  await vault.close();
});

test("a resumable upload stops too, and its digests", async () => {
  const vault = await vaultWithKey();
  const object = await encrypting(vault);
  await object.resumeToken();
  const other = await encrypting(vault);
  const key = await (await vault.keys.get("photos")).primaryVersion.suspend();
  await assert.rejects(other.resumeToken(), refused("suspended"));
  await assert.rejects(object.bytes(), refused("suspended"));
  await key.primaryVersion.resume();
  assert.equal((await object.bytes()).byteLength, object.size);
  await vault.close();
});

test("a key of the session ends what is under it", async () => {
  const vault = await vaultWithKey();
  const session = await vault.keys.createSession({ ttl: "PT1H", alias: "tab" });
  const bytes = await (await encrypting(vault, { key: "tab" })).bytes();
  const reader = await vault.openObject(new Blob([bytes]), { context });
  await session.end();
  await assert.rejects(reader.read(10, 10), code("ERR_NO_KEY"));
  await vault.close();
});

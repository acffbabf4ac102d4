/** What is whole, and opens to nothing that the caller has: the error says why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decrypt, encrypt, generateKey } from "strongroom/standalone";
import { vaultWithKey } from "./support.mjs";

const FOREIGN = { code: "ERR_NO_KEY", message: /made by another vault, or by a key of a session that has ended/ };
const DETACHED = { code: "ERR_MALFORMED", message: /of a detached body give its \{ header \}/ };

test("what another vault made is ERR_NO_KEY, and the error names that as the reason", async () => {
  const [one, other] = [await vaultWithKey(), await vaultWithKey()];
  const object = await one.encrypt("hello", { key: "photos" });
  const bytes = await object.bytes();
  const token = await one.encryptValue("hello", { key: "photos" });
  await assert.rejects(other.decrypt(bytes), FOREIGN);
  await assert.rejects(other.openObject(new Blob([bytes])), FOREIGN);
  await assert.rejects(other.reencrypt(bytes, { key: "photos" }), FOREIGN);
  await assert.rejects(other.decryptValue(token), FOREIGN);
  await assert.rejects(other.decryptValueDetails(token), FOREIGN);
  await assert.rejects(other.decryptValues([token]), FOREIGN);
  const [{ reason }] = await other.decryptValues([token], { settle: true });
  assert.match(reason.message, FOREIGN.message);
  // A key of one's own that is missing is another matter.
  const unknown = { code: "ERR_NO_KEY", message: /create it, or check the alias/ };
  await assert.rejects(other.encrypt("hello", { key: "films" }), unknown);
  await assert.rejects(one.reencrypt(bytes, { key: "films" }), unknown);
});

test("a key that opens nothing of it, without a vault, is said in other words", async () => {
  const [one, other] = [await generateKey("A256KW"), await generateKey("A256KW")];
  const bytes = await (await encrypt("hello", { recipients: one })).bytes();
  await assert.rejects(decrypt(bytes, { identities: other }), ({ message }) => !/vault/.test(message));
});

test("a detached body without its header is asked for it", async () => {
  const vault = await vaultWithKey();
  const object = await vault.encrypt("hello", { key: "photos", detached: true });
  const body = await object.bytes();
  await assert.rejects(vault.decrypt(body), DETACHED);
  await assert.rejects(vault.openObject(new Blob([body])), DETACHED);
  await assert.rejects(vault.decrypt(new Uint8Array(100)), ({ message }) => !DETACHED.message.test(message));
  assert.equal(await (await vault.decrypt(body, { header: object.header })).text(), "hello");
});

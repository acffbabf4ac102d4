/** Uploads in parts of which nobody would know: what `strongroom/s3` gives up at the store. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadToS3 } from "strongroom/s3";
import { storeServer } from "./store-server.mjs";
import { code, pattern, sharedVault, vaultWithKey } from "./support.mjs";

const MiB = 1024 * 1024;

/** An application's server that begins and ends uploads by itself, and the ids of those that it was told to abort. */
async function uploading() {
  const { at } = await storeServer();
  const aborted = [];
  const signed = {
    put: async () => ({ url: at("put") }),
    create: async () => "an id",
    part: async () => ({ url: at("part") }),
    complete: async () => {},
    abort: async (id) => void aborted.push(id),
  };
  return { signed, aborted };
}

test("an upload that an application begins too late is given up by its id", async (t) => {
  const { signed, aborted } = await uploading();
  const { create } = signed;
  const letGo = [];
  let told;
  const asks = new Promise((resolve) => (told = resolve));
  signed.create = () => {
    signed.create = create;
    told();
    return new Promise((...ends) => letGo.push(...ends));
  };
  const vault = await sharedVault();
  const object = await vault.encrypt(pattern(6 * MiB), { key: "photos" });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sending = uploadToS3(object, signed, { partSize: 5 * MiB, onInterrupted: async () => {} });
  await asks;
  t.mock.timers.tick(30_000);
  t.mock.timers.reset();
  await sending;
  assert.deepEqual(aborted, []);
  letGo[0]("a late one");
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(aborted, ["a late one"]);
});

test("an upload that the vault cannot remember is given up at the store", async () => {
  const { signed, aborted } = await uploading();
  const vault = await vaultWithKey();
  const object = await vault.encrypt(new Blob([pattern(6 * MiB)]), { key: "photos" });
  await object.resumeToken();
  const { create } = signed;
  // The store has begun it, and the vault has forgotten the object meanwhile.
  signed.create = async (...given) => {
    await object.forget();
    return create(...given);
  };
  await assert.rejects(uploadToS3(object, signed, { partSize: 5 * MiB }), code("ERR_NO_OBJECT"));
  assert.deepEqual(aborted, ["an id"]);
});

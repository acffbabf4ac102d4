/** Realms that are hardened, and stubs in the place of what a browser has. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { Strongroom } from "strongroom";
import { code, mapStore, secret } from "./support.mjs";

const SCRIPT = `
  import { Strongroom } from "strongroom";
  import { generateKey, encrypt, decrypt } from "strongroom/standalone";
  import { mapStore, pattern, secret } from "./support.mjs";

  const vault = await Strongroom.create({ name: "a", factors: [secret()], store: mapStore() });
  await vault.keys.create({ alias: "photos" });
  await vault.keys.create({ alias: "signer", purpose: "sign" });
  const object = await vault.encrypt(new File([pattern(3_000_000)], "a"), { key: "photos", context: { a: "b" } });
  const plain = await vault.decrypt(await object.blob(), { context: { a: "b" } });
  const { length } = await plain.bytes();
  const value = await vault.decryptValue(await vault.encryptValue([1], { key: "photos" }));
  await vault.verify(await vault.sign("x", { key: "signer" }));
  const told = await vault.encryptValues([1, 1n], { key: "photos" }).catch(({ code, index }) => [code, index]);
  await vault.lock();
  await vault.unlock(secret());
  await Strongroom.restore(await vault.backup(), { name: "b", store: mapStore() });
  const recipients = await generateKey("P-256");
  const own = await decrypt(await (await encrypt("x", { recipients })).blob(), { identities: recipients });
  console.log(JSON.stringify([length, value, told, await own.text()]));
  process.exit();`;

test("everything works where the language's own objects are frozen", async () => {
  const flags = ["--frozen-intrinsics", "--no-warnings", "--input-type=module", "--eval", SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  assert.deepEqual(JSON.parse(stdout), [3_000_000, [1], ["ERR_ARGUMENT", 1], "x"]);
});

/** What test doubles and extensions make of `navigator.storage`. */
const STUBS = {
  "gives nothing": { persist: () => {} },
  "gives no promise": { persist: () => true },
  throws: {
    persist: () => {
      throw new TypeError("illegal invocation");
    },
  },
  rejects: { persist: () => Promise.reject(new Error("no")) },
  "is no function": { persist: true },
  "is missing": {},
  "is null": null,
};

for (const [name, storage] of Object.entries(STUBS)) {
  test(`a storage manager whose persist ${name} keeps no vault from being made`, async () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    Object.defineProperty(globalThis, "navigator", { value: { storage }, configurable: true });
    try {
      const vault = await Strongroom.create({ name: "a", factors: [secret()], store: mapStore() });
      const backup = await vault.backup();
      await (await Strongroom.restore(backup, { name: "b", store: mapStore() })).close();
      await assert.rejects(Strongroom.open({ name: "none", store: mapStore() }), code("ERR_NO_VAULT"));
    } finally {
      if (before) Object.defineProperty(globalThis, "navigator", before);
      else Reflect.deleteProperty(globalThis, "navigator");
    }
  });
}

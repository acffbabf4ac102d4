/** `strongroom/testing`: cheap vaults, which nothing else opens, and which production refuses. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mock, test } from "node:test";
import { passphrase, Strongroom } from "strongroom";
import { testingStore, testingVault } from "strongroom/testing";
import { mapStore } from "./support.mjs";

test("stores are apart, and vaults in them live without a database", async () => {
  const [one, other] = [testingStore(), testingStore()];
  await (await Strongroom.create({ name: "acme", factors: [passphrase("a test passphrase")], store: one })).close();
  assert.deepEqual(await Strongroom.list({ store: one }), ["acme"]);
  assert.deepEqual(await Strongroom.list({ store: other }), []);
  await assert.rejects(Strongroom.open({ name: "acme", store: other }), { code: "ERR_NO_VAULT" });
  await Strongroom.delete("acme", { store: one });
  assert.deepEqual(await Strongroom.list({ store: one }), []);
});

test("what is made for tests opens nowhere else, and what was made elsewhere opens in no test", async () => {
  const factor = passphrase("a test passphrase");
  const cheap = await testingVault({ keys: ["photos"] });
  const inProduction = await Strongroom.restore(await cheap.backup(), { store: mapStore() });
  await assert.rejects(inProduction.unlock(factor), { code: "ERR_WRONG_FACTOR" });
  const real = await Strongroom.create({ name: "real", factors: [factor], store: mapStore() });
  const inTest = await Strongroom.restore(await real.backup(), { store: testingStore() });
  await assert.rejects(inTest.unlock(factor), { code: "ERR_WRONG_FACTOR" });
  // The rows themselves in a store that nobody marked.
  const marked = testingStore();
  const vault = await Strongroom.create({ name: "acme", factors: [factor], store: marked });
  await vault.close();
  const copied = { ...mapStore(), read: marked.read, vaults: marked.vaults };
  await assert.rejects(Strongroom.open({ name: "acme", factor, store: copied }), { code: "ERR_WRONG_FACTOR" });
});

const refused = { code: "ERR_UNSUPPORTED", what: "strongroom/testing in production" };

test("production refuses", async () => {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  try {
    assert.throws(testingStore, refused);
    await assert.rejects(testingVault(), refused);
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
});

test("a page for which nobody has said that it is none in production refuses", () => {
  const { process } = globalThis;
  Reflect.deleteProperty(globalThis, "process");
  try {
    assert.throws(testingStore, refused);
  } finally {
    globalThis.process = process;
  }
});

test("the condition `production`, which bundlers set, refuses in an environment of any name", () => {
  const script = `
    import * as testing from "strongroom/testing";
    const codes = [];
    try { testing.testingStore(); } catch (error) { codes.push(error.code); }
    await testing.testingVault().catch((error) => codes.push(error.code));
    console.log(Object.keys(testing).join(), codes.join());`;
  const given = ["--conditions=production", "--input-type=module", "--eval", script];
  const env = { ...process.env, NODE_ENV: "test" };
  const told = execFileSync(process.execPath, given, { cwd: import.meta.dirname, encoding: "utf8", env });
  assert.equal(told, "testingStore,testingVault ERR_UNSUPPORTED,ERR_UNSUPPORTED\n");
});

test("a test that sets the date sets the vault's", async () => {
  const now = Date.UTC(2031, 0, 1);
  mock.timers.enable({ apis: ["Date"], now });
  try {
    const vault = await testingVault({ keys: ["photos"] });
    const { versions } = await vault.keys.get("photos");
    assert.deepEqual(versions.map(({ created }) => new Date(created).toISOString()), ["2031-01-01T00:00:00.000Z"]);
  } finally {
    mock.timers.reset();
  }
});

/** A key management service as a gate, through the published surface: what it is asked, and that nothing opens without it. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { mock, test } from "node:test";
import { escrow, kmsGate, KmsError, newRecoveryKit, passphrase, Strongroom } from "strongroom";
import { testingStore } from "strongroom/testing";
import { browser, keepsKeys, keepsNoKeys } from "./device-keys.mjs";
import { code, secret } from "./support.mjs";

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1";

/** A service of one's own. */
async function serviceOf(kid = ARN) {
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256", publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2048 };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["encrypt", "decrypt"]);
  const { n, e } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const service = {
    asked: /** @type {any[]} */ ([]),
    denies: false,
    isDown: false,
    publicKey: async () => /** @type {any} */ ({ kty: "RSA", n, e, kid }),
    unwrap: async (/** @type {any} */ request) => {
      service.asked.push(request);
      if (service.isDown) throw new KmsError("the service is down", { reason: "unavailable" });
      if (service.denies) throw new KmsError("the key is disabled", { reason: "disabled" });
      return new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", pair.privateKey, request.encryptedKey));
    },
    keyIds: [kid],
  };
  return service;
}

async function gatedVault(/** @type {any} */ options = undefined) {
  const [service, kit, store] = [await serviceOf(), await newRecoveryKit(), testingStore()];
  const factors = [secret(), kmsGate(await service.publicKey(), options), kit];
  const vault = await Strongroom.create({ name: "work", factors, requires: ["passphrase", "kms"], store });
  await vault.keys.create({ alias: "photos" });
  return { service, kit, store, vault };
}

const create = (/** @type {any[]} */ factors, /** @type {any} */ requires) => Strongroom.create({ name: "odd", factors, requires, store: testingStore() });

test("it is asked once for each unlock, and nobody opens the vault without it but by what is on paper", async () => {
  const { service, kit, vault } = await gatedVault();
  const token = await vault.encryptValue("kept", { key: "photos" });
  const [, held] = await vault.factors.list();
  assert.deepEqual([held.kind, held.key.kid, held.known], ["kms", ARN, true]);
  assert.deepEqual(await vault.factors.required(), ["kms", "passphrase"]);
  await vault.lock();
  assert.equal(service.asked.length, 0);

  await vault.unlock([secret(), kmsGate(service)]);
  assert.equal(await vault.decryptValue(token), "kept");
  assert.equal(service.asked.length, 1);
  const [{ algorithm, keyId, encryptedKey }] = service.asked;
  assert.deepEqual([algorithm, keyId, encryptedKey.byteLength], ["RSA-OAEP-256", ARN, 256]);
  await vault.keys.get("photos");
  await vault.encryptValue(1, { key: "photos" });
  assert.equal(service.asked.length, 1);
  await vault.lock();

  await assert.rejects(vault.unlock(secret()), code("ERR_SECOND_FACTOR"));
  await assert.rejects(vault.unlock(kmsGate(service)), code("ERR_SECOND_FACTOR"));
  service.denies = true;
  await assert.rejects(vault.unlock([secret(), kmsGate(service)]), (/** @type {any} */ error) => error.code === "ERR_KMS" && error.reason === "disabled");
  assert.equal(service.asked.length, 2);
  await vault.unlock(kit);
  assert.equal(service.asked.length, 2);
  const { document } = await vault.report({ from: Date.now() - 60_000, to: Date.now() + 60_000 });
  assert.match(JSON.stringify(document), /The vault takes a KMS and a passphrase at once, or a recovery factor\./);
  const { checks } = await vault.health();
  const pair = checks.find(({ code: found }) => found === "factors-one-spare");
  assert.match(pair?.message ?? "", /^It takes a KMS and a passphrase at once to open the vault\. /);
  await vault.close();
});

test("a vault that there is gets it first, and requires it then", async () => {
  const [service, kit, store] = [await serviceOf(), await newRecoveryKit(), testingStore()];
  const vault = await Strongroom.create({ name: "work", factors: [secret(), kit], store });
  await vault.factors.add(kmsGate(await service.publicKey()), { factor: secret(), name: "Acme" });
  await vault.lock();
  await assert.rejects(vault.unlock(kmsGate(service)), code("ERR_ARGUMENT"));
  await vault.unlock(secret());
  await assert.rejects(vault.factors.rehearse(kmsGate(service)), code("ERR_ARGUMENT"));
  assert.equal(service.asked.length, 0);
  await vault.factors.require(["passphrase", "kms"], { factor: [secret(), kmsGate(service)] });
  assert.equal(service.asked.length, 1);
  await vault.lock();
  await assert.rejects(vault.unlock(secret()), code("ERR_SECOND_FACTOR"));
  await vault.unlock([kmsGate(service), secret()]);
  await vault.factors.require(undefined, { factor: [secret(), kmsGate(service)] });
  await vault.lock();
  await vault.unlock(secret());
  await vault.close();
});

test("a new vault key ends what the service answered before, and asks nobody", async () => {
  const { service, vault } = await gatedVault();
  const { unwrap } = service;
  let kept = new Uint8Array();
  service.unwrap = async (/** @type {any} */ request) => (kept = await unwrap(request)).slice();
  await vault.lock();
  await vault.unlock([secret(), kmsGate(service)]);
  const held = async () => (await vault.factors.list()).find(({ kind }) => kind === "kms");
  const before = await held();
  assert.deepEqual(before?.gate, { renews: true, offlineGrace: undefined });
  service.asked.length = 0;
  await vault.rotateVaultKey();
  assert.equal(service.asked.length, 0);
  const after = await held();
  assert.notEqual(after?.id, before?.id);
  assert.deepEqual({ ...after, id: before?.id }, before);
  await vault.lock();
  const answer = kept;
  service.unwrap = async () => answer.slice();
  await assert.rejects(vault.unlock([secret(), kmsGate(service)]), code("ERR_WRONG_FACTOR"));
  service.unwrap = unwrap;
  await vault.unlock([secret(), kmsGate(service)]);
  await vault.close();
});

/** @param {() => Promise<void>} run */
async function inBrowser(run) {
  keepsKeys();
  try {
    await run();
  } finally {
    mock.timers.reset();
    keepsNoKeys();
  }
}

const isDown = (/** @type {any} */ error) => error.code === "ERR_KMS" && error.reason === "unavailable";

test("hours of grace open the vault while the service is down, on this device, and nothing that asks for a factor takes them", () =>
  inBrowser(async () => {
    const { service, vault } = await gatedVault({ offlineGrace: "PT8H" });
    const both = () => /** @type {any} */ ([secret(), kmsGate(service)]);
    await vault.keys.create({ alias: "secret" });
    await vault.lock();
    assert.equal((await vault.unlock(both())).offlineGrace, false);
    assert.equal(browser.names().length, 2, "a key, and what is wrapped under it");
    await vault.lock();
    service.isDown = true;
    assert.equal((await vault.unlock(both())).offlineGrace, true);
    const gate = (await vault.factors.list()).find(({ kind }) => kind === "kms");
    assert.equal(gate?.gate?.offlineGrace, "PT8H");
    assert.ok((await vault.health()).checks.some(({ code: found }) => found === "gates-graced"));
    const { entries } = await vault.audit.page({});
    const used = entries.find(({ operation }) => operation === "useGrace");
    assert.equal(used?.factor, gate?.id);
    await assert.rejects(vault.authenticate(both()), isDown);
    await assert.rejects((await vault.keys.get("secret")).dangerouslyExport({ factor: both() }), isDown);
    await assert.rejects(vault.factors.require(undefined, { factor: both() }), isDown);
    await vault.rotateVaultKey();
    assert.deepEqual(browser.names(), []);
    await vault.lock();
    await assert.rejects(vault.unlock(both()), isDown);
    service.isDown = false;
    await vault.unlock(both());
    await vault.lock();

    // A service that says no ends it, and so does the deadline.
    service.denies = true;
    await assert.rejects(vault.unlock(both()), (/** @type {any} */ error) => error.reason === "disabled");
    assert.deepEqual(browser.names(), []);
    service.denies = false;
    await vault.unlock(both());
    await vault.lock();
    service.isDown = true;
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 8 * 3_600_000 });
    await assert.rejects(vault.unlock(both()), isDown);
    assert.deepEqual(browser.names(), []);
    await vault.close();
  }));

test("what is not known to be a failure to reach the service grants no grace", () =>
  inBrowser(async () => {
    const { service, vault } = await gatedVault({ offlineGrace: "PT8H" });
    const both = () => /** @type {any} */ ([secret(), kmsGate(service)]);
    await vault.lock();
    await vault.unlock(both());
    const unwrap = service.unwrap;
    for (const thrown of [new Error("403"), new TypeError("fetch failed"), "no", new KmsError("it says no")]) {
      await vault.lock();
      service.unwrap = async () => {
        throw thrown;
      };
      await assert.rejects(vault.unlock(both()), (/** @type {any} */ error) => error.code === "ERR_KMS" && error.reason === "malformed");
      assert.equal(browser.names().length, 2, "and it ends none");
    }
    service.unwrap = unwrap;
    await vault.unlock(both());
    await vault.close();
  }));

test("a vault that is deleted leaves nothing of its grace, in a store of one's own either", () =>
  inBrowser(async () => {
    const { service, vault, store } = await gatedVault({ offlineGrace: "PT8H" });
    await vault.lock();
    await vault.unlock(/** @type {any} */ ([secret(), kmsGate(service)]));
    await vault.close();
    assert.equal(browser.names().length, 2);
    await Strongroom.delete("work", { store });
    assert.deepEqual(browser.names(), []);
  }));

test("a grace is a duration of a minute to seven days, of a gate that is enrolled", async () => {
  const service = await serviceOf();
  const publicKey = await service.publicKey();
  for (const offlineGrace of ["PT59S", "P8D", "8H"]) {
    const factors = [secret(), kmsGate(publicKey, { offlineGrace }), await newRecoveryKit()];
    await assert.rejects(create(factors, ["passphrase", "kms"]), code("ERR_ARGUMENT"));
  }
  for (const options of [{ offlineGrace: 8 }, { offlineGrace: "" }, { grace: "PT8H" }, null]) {
    assert.throws(() => kmsGate(publicKey, /** @type {any} */ (options)), code("ERR_ARGUMENT"));
  }
  assert.throws(() => /** @type {any} */ (kmsGate)(service, { offlineGrace: "PT8H" }), code("ERR_ARGUMENT"));
});

test("what is no gate is refused, and a key has one use", async () => {
  const [service, kit] = [await serviceOf(), await newRecoveryKit()];
  const publicKey = await service.publicKey();
  await assert.rejects(create([secret(), kmsGate(publicKey), kit], undefined), code("ERR_ARGUMENT"));
  await assert.rejects(create([secret(), kmsGate(service), kit], ["passphrase", "kms"]), code("ERR_ARGUMENT"));
  await assert.rejects(create([secret(), kmsGate(publicKey), escrow(publicKey), kit], ["passphrase", "kms"]), code("ERR_ARGUMENT"));
  await assert.rejects(create([secret(), kmsGate(publicKey)], ["passphrase", "kms"]), code("ERR_LAST_FACTOR"));
  for (const odd of [undefined, null, "arn", {}, { kty: "oct", k: "AA" }, { ...publicKey, d: "AA" }, { unwrap: 1 }]) {
    assert.throws(() => kmsGate(/** @type {any} */ (odd)), code("ERR_ARGUMENT"));
  }
  const { vault } = await gatedVault();
  await vault.lock();
  await assert.rejects(vault.unlock(/** @type {any} */ ([secret(), kmsGate(publicKey)])), code("ERR_ARGUMENT"));
  assert.doesNotMatch(inspect(kmsGate(service), { depth: 9 }), /unwrap/);
  await vault.close();
});

test("what a locked vault asked in vain is an entry of the next unlock, which proves nothing", async () => {
  const { service, vault } = await gatedVault();
  await vault.audit.start();
  await vault.lock();
  const wrong = passphrase("another passphrase");
  await assert.rejects(vault.unlock([wrong, kmsGate(service)]), code("ERR_WRONG_FACTOR"));
  service.denies = true;
  await assert.rejects(vault.unlock([secret(), kmsGate(service)]), code("ERR_KMS"));
  service.denies = false;
  const asked = service.asked.length;
  assert.ok(asked > 0);
  await vault.unlock([secret(), kmsGate(service)]);
  await vault.audit.flush();
  const { entries } = await vault.audit.page({ operation: "askKms" });
  assert.deepEqual(entries.map(({ failed, error }) => [failed, error]).toSorted(), [[undefined, undefined], [asked, undefined]]);
  const lines = (await new Response(vault.audit.export({ format: "jsonl" })).text()).split("\n").filter(Boolean);
  const vain = lines.map((line) => JSON.parse(line)).filter(({ failed, operation }) => operation === "askKms" && failed !== undefined);
  assert.deepEqual(vain.map(({ failed, unproven }) => [failed, unproven]), [[asked, true]]);
  await vault.lock();
  await vault.unlock([secret(), kmsGate(service)]);
  assert.equal((await vault.audit.page({ operation: "askKms" })).entries.filter(({ failed }) => failed !== undefined).length, 1);
});

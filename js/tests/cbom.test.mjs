/** The bill of materials of a vault's keys. That it meets CycloneDX's schema is for `interop.test.mjs`, which has a referee. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, vaultWithKey } from "./support.mjs";

const read = async (cbom) => JSON.parse(await cbom.text());
const cbomOf = async (vault, options) => read(await vault.inventory.cbom(options));
/** The components of keys, in the order of the list. */
const keysOf = ({ components }) => components.filter(({ cryptoProperties: { assetType } }) => assetType !== "algorithm");
const algorithmsOf = ({ components }) => components.filter(({ cryptoProperties: { assetType } }) => assetType === "algorithm");
const material = ({ cryptoProperties }) => cryptoProperties.relatedCryptoMaterialProperties;
const properties = (component) => Object.fromEntries(component.properties.map(({ name, value }) => [name, value]));
const named = (document, name) => keysOf(document).filter((component) => component.name === name);
const date = (at) => new Date(at).toISOString();

const compromise = (key) => key.primaryVersion.revoke({ compromised: true });
const schedule = (key) => key.scheduleDestroy({ after: "P30D" });

/** A public key of somebody else's. */
async function theirs() {
  const { publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { kty, crv, x, y };
}

test("it is a CycloneDX document of its own each time, of the vault, by this release", async () => {
  const vault = await vaultWithKey();
  const [one, other] = [await vault.inventory.cbom(), await vault.inventory.cbom()];
  assert.equal(one.type, "application/vnd.cyclonedx+json; version=1.7");
  const { serialNumber, metadata, ...document } = await read(one);
  assert.match(serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual((await read(other)).serialNumber, serialNumber);
  const { bomFormat, specVersion, version } = document;
  assert.deepEqual([bomFormat, specVersion, version], ["CycloneDX", "1.7", 1]);
  assert.ok(Math.abs(Date.parse(metadata.timestamp) - Date.now()) < 60_000, metadata.timestamp);
  assert.deepEqual(metadata.component, { type: "application", "bom-ref": `vault/${vault.id}`, name: vault.name });
  const [tool] = metadata.tools.components;
  assert.equal(tool.name, "strongroom");
  assert.match(tool.version, /^\d+\.\d+\.\d+\+[0-9a-f]{12}$/);
  vault.close();
});

test("each version of a key is a component, by its kid, with its dates and its algorithm", async () => {
  const vault = await vaultWithKey();
  const made = await vault.keys.create({ alias: "scans", rotateEvery: "P90D" });
  const key = await made.rotate({ reason: "of no concern to an auditor's tool" });
  const document = await cbomOf(vault);
  const [first, second] = named(document, "scans");
  const [before, after] = key.versions;
  assert.deepEqual([first["bom-ref"], second["bom-ref"]], [`${key.id}.${before.id}`, `${key.id}.${after.id}`]);
  assert.deepEqual([first.version, second.version], ["1", "2"]);
  assert.deepEqual(material(first), {
    type: "secret-key",
    id: `${key.id}.${before.id}`,
    state: "deactivated",
    size: 256,
    algorithmRef: "algorithm/AES-256-KW",
    relatedCryptographicAssets: [{ type: "algorithm", ref: "algorithm/AES-256-KW" }],
    creationDate: date(before.created),
    activationDate: date(before.history[0].at),
    updateDate: date(before.history[1].at),
    securedBy: { mechanism: "Software", algorithmRef: "algorithm/AES-256-KW" },
  });
  assert.equal(material(second).state, "active");
  assert.equal(material(second).expirationDate, date(key.due), "the primary is due for rotation");
  assert.deepEqual(properties(first), { "strongroom:key": key.id, "strongroom:purpose": "encrypt" });
  assert.equal(properties(second)["strongroom:primary"], "true");
  assert.doesNotMatch(JSON.stringify(document), /no concern/);
  vault.close();
});

test("a purpose says what a key is and which algorithm it is for, and algorithms that no key uses are not listed", async () => {
  const vault = await vaultWithKey();
  assert.deepEqual(
    algorithmsOf(await cbomOf(vault)).map(({ name }) => name),
    ["AES-256-KW"],
  );
  for (const purpose of ["share", "sign", "mac"]) await vault.keys.create({ alias: purpose, purpose });
  await vault.keys.import(await theirs(), { alias: "verify", purpose: "verify" });
  const document = await cbomOf(vault);
  const kinds = keysOf(document).map((component) => [component.name, material(component).type, material(component).algorithmRef]);
  assert.deepEqual(kinds, [
    ["mac", "secret-key", "algorithm/HMAC-SHA-256"],
    ["photos", "secret-key", "algorithm/AES-256-KW"],
    ["share", "private-key", "algorithm/ECDH-P-256"],
    ["sign", "private-key", "algorithm/ECDSA-P-256-SHA-256"],
    ["verify", "public-key", "algorithm/ECDSA-P-256-SHA-256"],
  ]);
  const strengths = algorithmsOf(document).map(({ "bom-ref": ref, cryptoProperties: { algorithmProperties } }) => [
    ref,
    algorithmProperties.primitive,
    algorithmProperties.parameterSetIdentifier,
    algorithmProperties.classicalSecurityLevel,
    algorithmProperties.nistQuantumSecurityLevel,
  ]);
  assert.deepEqual(strengths.toSorted(), [
    ["algorithm/AES-256-KW", "key-wrap", "256", 256, 5],
    ["algorithm/ECDH-P-256", "key-agree", "P-256", 128, 0],
    ["algorithm/ECDSA-P-256-SHA-256", "signature", "P-256", 128, 0],
    ["algorithm/HMAC-SHA-256", "mac", "256", 256, 5],
  ]);
  vault.close();
});

test("of a pair that was imported nothing says whether it has its private half, and neither does the document", async () => {
  const vault = await vaultWithKey();
  await vault.keys.import(await theirs(), { alias: "theirs", purpose: "sign" });
  const [component] = named(await cbomOf(vault), "theirs");
  assert.equal(material(component).type, "key");
  assert.equal(properties(component)["strongroom:imported"], "true");
  vault.close();
});

test("states are those of SP 800-57, and what others may have stays compromised until it is destroyed", async () => {
  const vault = await vaultWithKey();
  const make = async (alias, ...steps) => {
    await vault.keys.create({ alias });
    for (const step of steps) await step(await vault.keys.get(alias));
  };
  await make("a", (key) => key.primaryVersion.suspend());
  await make("b", (key) => key.primaryVersion.revoke());
  await make("c", compromise);
  await make("d", schedule);
  await make("e", compromise, schedule);
  await make("f", (key) => key.destroy());
  await make("g", compromise, (key) => key.destroy());
  await make("h", (key) => key.rotate({ activate: false }));
  const document = await cbomOf(vault);
  const states = keysOf(document).map((component) => [component.name, material(component).state]);
  assert.deepEqual(states, [
    ["a", "suspended"],
    ["b", "deactivated"],
    ["c", "compromised"],
    ["d", "deactivated"],
    ["e", "compromised"],
    ["f", "destroyed"],
    ["g", "destroyed"],
    ["h", "active"],
    ["h", "pre-activation"],
    ["photos", "active"],
  ]);
  const [scheduled] = named(document, "d");
  const { destroyAt } = (await vault.keys.get("d")).primaryVersion;
  assert.equal(material(scheduled).expirationDate, date(destroyAt));
  assert.equal(properties(scheduled)["strongroom:destroyAt"], date(destroyAt));
  const [destroyed] = named(document, "g");
  assert.match(properties(destroyed)["strongroom:compromisedAt"], /^2.*Z$/);
  assert.equal(material(destroyed).securedBy, undefined, "there is nothing left to secure");
  assert.equal(material(named(document, "h")[1]).activationDate, undefined);
  vault.close();
});

test("a key expires when its policy or its rotation ends it first, and a time that RFC 3339 cannot write is left out", async () => {
  const vault = await vaultWithKey();
  const soon = Date.now() + 1_000_000;
  await vault.keys.create({ alias: "a", policy: { notAfter: soon }, rotateEvery: "P90D" });
  await vault.keys.create({ alias: "b", policy: { notAfter: Number.MAX_SAFE_INTEGER } });
  const document = await cbomOf(vault);
  const expirations = ["a", "b"].map((name) => material(named(document, name)[0]).expirationDate);
  assert.deepEqual(expirations, [date(soon), undefined]);
  vault.close();
});

test("the user's words are in it as they are asked for, and never a key's material", async () => {
  const vault = await vaultWithKey();
  const jwk = await theirs();
  await vault.keys.import(jwk, { alias: "a partner", purpose: "verify", labels: { team: "legal" } });
  const raw = crypto.getRandomValues(new Uint8Array(32));
  await vault.keys.import(raw, { alias: "brought along", purpose: "mac" });
  const texts = await Promise.all(
    [undefined, { labels: true }, { names: false }, { names: false, labels: true }].map(async (options) =>
      (await vault.inventory.cbom(options)).text(),
    ),
  );
  const has = (word) => texts.map((text) => text.includes(word));
  assert.deepEqual(has("a partner"), [true, true, false, false]);
  assert.deepEqual(has(vault.name), [true, true, false, false]);
  assert.deepEqual(has('{"name":"strongroom:label:team","value":"legal"}'), [false, true, false, true]);
  for (const secretText of [Buffer.from(raw).toString("base64url"), jwk.x, jwk.y]) {
    assert.deepEqual(has(secretText), [false, false, false, false]);
  }
  const [key] = await vault.keys.list({ prefix: "a partner" });
  assert.equal(named(JSON.parse(texts[2]), key.id).length, 1);
  vault.close();
});

test("an option that there is not is refused", async () => {
  const vault = await vaultWithKey();
  await assert.rejects(vault.inventory.cbom({ name: false }), code("ERR_ARGUMENT"));
  await assert.rejects(vault.inventory.cbom({ names: "no" }), code("ERR_ARGUMENT"));
  vault.close();
});

test("a vault that is locked has none", async () => {
  const vault = await vaultWithKey();
  await vault.lock();
  await assert.rejects(vault.inventory.cbom(), code("ERR_LOCKED"));
});

/** A vault of so many keys. */
async function manyKeys(count) {
  const vault = await vaultWithKey();
  await Promise.all(Array.from({ length: count - 1 }, (_, at) => vault.keys.create({ alias: `many ${at}` })));
  return vault;
}

test("many keys are read page by page, each of them once, and the progress counts them", async () => {
  const vault = await manyKeys(2101);
  const told = [];
  const document = await cbomOf(vault, { onProgress: (progress) => told.push(progress) });
  assert.equal(keysOf(document).length, 2101);
  assert.equal(new Set(document.components.map((component) => component["bom-ref"])).size, document.components.length);
  assert.deepEqual(told, [
    { done: 1000, total: undefined },
    { done: 2000, total: undefined },
    { done: 2101, total: undefined },
    { done: 2101, total: 2101 },
  ]);
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error("enough"));
  const aborted = vault.inventory.cbom({ signal: controller.signal, onProgress });
  await assert.rejects(aborted, (error) => error.code === "ERR_ABORTED" && error.cause.message === "enough");
  vault.close();
});

test("keys that are changed while they are read are read again, so that all of them are of one moment", async () => {
  const vault = await manyKeys(1100);
  let creating;
  // Its alias stands before those that were read by then: one reading alone would miss it.
  const onProgress = () => (creating ??= vault.keys.create({ alias: "a new one" }));
  const document = await cbomOf(vault, { onProgress });
  assert.equal(named(document, (await creating).alias).length, 1);
  vault.close();
});

test("nothing is changed", async () => {
  const vault = await vaultWithKey();
  const before = await vault.lastSeenHead();
  await vault.inventory.cbom();
  assert.equal(await vault.lastSeenHead(), before);
  vault.close();
});

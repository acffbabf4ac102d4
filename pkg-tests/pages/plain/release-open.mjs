/** Opens the fixture of a release, uses it, lives on with it, and says what was found. */
import { fromBase64, patterned, sha256 } from "./database.mjs";
import { described } from "./release-write.mjs";

const decoder = new TextDecoder();

/** By purpose: whether what a version protected is what was protected, and by whom. */
const OPEN = {
  // One of the versions is compromised, under which others can have written too.
  encrypt: async ({ vault }, data) => vault.decryptValue(data, { allowUnsigned: true }),
  sign: async ({ vault }, data) => decoder.decode((await vault.verify(data)).payload),
  share: async ({ vault }, data) => (await vault.decrypt(fromBase64(data), { allowUnsigned: true })).text(),
};

/** Opens the vault that stands in the database: with every factor, as it is, after a life, and from its backup. */
export async function openRelease(strongroom, files) {
  const { Strongroom, passphrase } = strongroom;
  const manifest = JSON.parse(decoder.decode(fromBase64(files["manifest.json"])));
  const vaults = await Strongroom.list();
  const vault = await Strongroom.open({ name: manifest.name, lastSeenHead: manifest.head });
  const given = { strongroom, manifest, files, vault };
  const found = { vaults, id: vault.id, passes: [] };
  for (const phrase of manifest.passphrases.toReversed()) {
    await vault.unlock(passphrase(phrase));
    found.keys ??= (await vault.keys.list({ destroyed: true })).map(described);
    found.passes.push(await openEverything(given));
    await vault.lock();
  }
  await vault.unlock(passphrase(manifest.passphrases[0]));
  found.used = await useEveryKey(given);
  found.life = await liveOn(given);
  found.passes.push(await openEverything(given));
  found.restored = [];
  const backups = [await vault.backup(), new Blob([fromBase64(files["backup.json"])])];
  for (const [at, backup] of backups.entries()) {
    const copy = await Strongroom.restore(backup, { name: `copy ${at}` });
    await copy.unlock(passphrase(manifest.passphrases[1]));
    found.restored.push(await openEverything({ ...given, vault: copy }));
    await copy.lock();
    await Strongroom.delete(copy.name);
  }
  vault.close();
  await Strongroom.delete(manifest.name);
  found.left = await Strongroom.list();
  return found;
}

/** All that the vault protects, as the manifest tells of it. */
async function openEverything(given) {
  const { vault, manifest } = given;
  const found = { objects: {}, values: [], protectedBy: {}, uploads: [] };
  found.inventory = await vault.objects.list();
  for (const [name, object] of Object.entries(manifest.objects)) found.objects[name] = await openObject(given, object);
  for (const { token, context } of manifest.values) found.values.push(await vault.decryptValue(token, { context }));
  for (const [purpose, all] of Object.entries(manifest.protectedBy)) {
    found.protectedBy[purpose] = [];
    for (const { data } of all) found.protectedBy[purpose].push(await outcome(OPEN[purpose](given, data)));
  }
  const { payload, typ } = await vault.verify(manifest.signed.token, { key: manifest.signed.key });
  found.signed = [decoder.decode(payload), typ];
  for (const upload of manifest.uploads) found.uploads.push(await resume(given, upload));
  found.standalone = await openStandalone(given);
  return found;
}

async function openObject({ vault, files }, { id, context, sidecar, files: [body, header] }) {
  const kept = body.endsWith(".body") && !header;
  const options = { context, sidecar, expect: id, ...(kept && { object: id }) };
  if (header) options.header = fromBase64(files[header]);
  const plain = await vault.decrypt(fromBase64(files[body]), options);
  return { id: plain.id, origin: plain.origin, metadata: plain.metadata, sha256: await sha256(await plain.bytes()) };
}

/** The whole object once more, and its end alone. */
async function resume({ vault }, { token, name, size, context }) {
  const listed = (await vault.uploads.list()).find((upload) => upload.token === token);
  const file = new File([patterned(size)], name, { type: "video/webm", lastModified: 1_700_000_000_000 });
  const object = await vault.resume(token, file, { context });
  const bytes = await object.bytes();
  const from = bytes.length >> 1;
  const end = new Uint8Array(await new Response(object.stream({ from })).arrayBuffer());
  object.close();
  const same = (await sha256(end)) === (await sha256(bytes.slice(from)));
  return { listed, note: object.note ?? null, bytes: bytes.length, sha256: await sha256(bytes), same };
}

async function openStandalone({ strongroom, manifest, files }) {
  const { keys, context, envelope } = manifest.standalone;
  const [kek, pair] = await Promise.all(keys.map((key) => strongroom.importKey(key)));
  const texts = [];
  for (const identities of [[kek], [pair]]) {
    const object = await strongroom.decrypt(fromBase64(files["standalone.srm"]), { identities, context });
    texts.push([object.id, await object.text()]);
  }
  const unwrapped = await strongroom.unwrapKey(envelope, pair, { context });
  return { texts, kid: unwrapped.kid === kek.kid };
}

/** Every key that protects does so, and opens what it protected: how many that are. */
async function useEveryKey(given) {
  const { vault, strongroom } = given;
  const used = [];
  for (const key of await vault.keys.list({ state: "active" })) {
    if (key.purpose === "encrypt") {
      const object = await vault.encrypt(key.alias, { key, context: { key: key.alias } });
      const plain = await vault.decrypt(await object.bytes(), { context: { key: key.alias }, expect: object.id });
      if ((await plain.text()) !== key.alias) throw new Error(`${key.alias} does not work`);
      if ((await vault.decryptValue(await vault.encryptValue(1, { key }))) !== 1) throw new Error(key.alias);
    }
    if (key.purpose === "sign") await vault.verify(await vault.sign(key.alias, { key }), { key });
    if (key.purpose === "share") {
      const { publicJwk } = key.version(key.primary);
      const object = await strongroom.encrypt(key.alias, { recipients: publicJwk });
      await (await vault.decrypt(await object.bytes(), { allowUnsigned: true })).bytes();
    }
    used.push(key.alias);
  }
  return used;
}

/** What is scheduled is cancelled, what is suspended is resumed, what waits is activated, and everything is rotated. */
async function liveOn({ vault }) {
  for (const purpose of ["encrypt", "share", "sign"]) {
    const key = await vault.keys.get(`every-${purpose}`);
    await key.version(2).cancelDestroy();
    await key.version(5).resume();
    await key.versions.at(-1).activate();
  }
  for (const key of await vault.keys.list({ state: "active" })) await key.rotate();
  const { generation } = await vault.rotateVaultKey();
  const states = (await vault.keys.get("every-encrypt")).versions.map(({ state }) => state);
  return { generation, states };
}

async function outcome(work) {
  return work.catch((error) => {
    if (!error.code) throw error;
    return `${error.code}${error.from ? ` ${error.from}` : ""}`;
  });
}

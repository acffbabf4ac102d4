/**
 * Writes the fixture of a release: a vault with records of all types, and what it protects.
 * `tests/vectors/README.md` says what comes of it; every later release opens that.
 */
import { dumpOrigin, patterned, sha256, toBase64 } from "./database.mjs";

const encoder = new TextEncoder();

/** What a key's version did for `protect`, by purpose; each with the version's number. */
const PROTECT = {
  encrypt: (given, key, text) => given.vault.encryptValue(text, { key }),
  sign: (given, key, text) => given.vault.sign(text, { key }),
  share: async ({ strongroom }, key, text) => {
    const { publicJwk } = key.version(key.primary);
    return toBase64(await (await strongroom.encrypt(text, { recipients: [publicJwk] })).bytes());
  },
};

/** The files by name, as base64. `wait` is how long use counts take to be written. */
export async function writeRelease(strongroom, plan, wait) {
  const { Strongroom, passphrase } = strongroom;
  const factors = plan.passphrases.map((phrase) => passphrase(phrase));
  const vault = await Strongroom.create({ name: plan.name, factors });
  const given = { strongroom, vault, plan, files: {} };
  const early = await vault.backup();

  const protectedBy = {};
  for (const purpose of ["encrypt", "share", "sign"]) protectedBy[purpose] = await everyState(given, purpose);
  await otherKeys(given);
  const objects = await writeObjects(given);
  const uploads = await writeUploads(given);
  const values = await writeValues(given);
  const signed = await vault.sign(plan.signed.payload, { key: "orders", typ: plan.signed.typ });
  const standalone = await writeStandalone(given);
  await (await vault.keys.get("photos")).rotate();
  // Use counts that were not written are lost with the keys in memory.
  await new Promise((resolve) => setTimeout(resolve, wait));
  await vault.rotateVaultKey();
  // One of the factors sees the second vault key.
  await vault.lock();
  await vault.unlock(factors[0]);

  const backup = await vault.backup();
  const keys = await vault.keys.list({ destroyed: true });
  const manifest = {
    release: plan.release,
    passphrases: plan.passphrases,
    name: plan.name,
    vault: vault.id,
    head: await vault.lastSeenHead(),
    now: Date.now(),
    keys: keys.map(described),
    inventory: await vault.objects.list(),
    protectedBy,
    objects,
    uploads,
    values,
    signed: { ...plan.signed, token: signed },
    standalone,
    backups: 2,
  };
  vault.close();

  given.files["early-backup.json"] = new Uint8Array(await early.arrayBuffer());
  given.files["backup.json"] = new Uint8Array(await backup.arrayBuffer());
  given.files["dump.json"] = encoder.encode(`${JSON.stringify(await dumpOrigin(), null, 1)}\n`);
  given.files["manifest.json"] = encoder.encode(`${JSON.stringify(manifest, null, 2)}\n`);
  return Object.fromEntries(Object.entries(given.files).map(([name, bytes]) => [name, toBase64(bytes)]));
}

/** A key with one version in each state, and what each protected while it could. */
async function everyState(given, purpose) {
  const alias = `every-${purpose}`;
  let key = await given.vault.keys.create({ alias, purpose, labels: { purpose, all: "states" } });
  const done = [];
  const protect = async () => {
    const { number } = key.version(key.primary);
    const text = `${alias} ${number}`;
    done.push({ number, text, data: await PROTECT[purpose](given, key, text) });
  };
  const endings = [
    (version) => version.destroy(),
    (version) => version.scheduleDestroy({ after: "P50Y", force: true }),
    (version) => version.revoke({ compromised: true, reason: "a stolen laptop 💻" }),
    () => undefined,
  ];
  for (const [at, end] of endings.entries()) {
    await protect();
    key = await key.rotate();
    await end(key.version(at + 1));
    key = await key.refresh();
  }
  await protect();
  await key.version(key.primary).suspend();
  key = await (await key.refresh()).rotate();
  await protect();
  await key.rotate({ activate: false });
  return done;
}

/** Keys whose primary versions are in other states, keys that came from elsewhere, and one that is rotated by time. */
async function otherKeys({ vault, plan }) {
  await vault.keys.create({ alias: "photos", labels: { team: "web", "größe": "XL" }, rotateEvery: "P30Y" });
  await vault.keys.create({ alias: "orders", purpose: "sign" });
  await vault.keys.import(Uint8Array.from({ length: 32 }, (_, at) => at), { alias: "imported" });
  await vault.keys.import(plan.imported, { alias: "imported-pair", purpose: "share" });
  await (await vault.keys.create({ alias: "suspended" })).version(1).suspend();
  await (await vault.keys.create({ alias: "retired" })).version(1).revoke({ reason: "no longer needed" });
  await (await vault.keys.create({ alias: "stolen" })).version(1).revoke({ compromised: true });
  for (const [alias, end] of [["doomed", "scheduleDestroy"], ["gone", "destroy"]]) {
    const key = await vault.keys.create({ alias });
    await key.version(1).revoke();
    await key[end](end === "destroy" ? {} : { after: "P50Y", force: true });
  }
}

/** Objects of every kind, each in the inventory. */
async function writeObjects({ vault, plan, files }) {
  const { attached: file, detached: large } = plan.objects;
  const made = {};
  const kept = async (name, object, [body, header], plain, context) => {
    files[body] = await object.bytes();
    if (header) files[header] = object.header;
    made[name] = { id: object.id, context, sha256: await sha256(plain), files: header ? [body, header] : [body] };
  };

  const input = new File([file.text], file.name, { type: file.type, lastModified: file.modified });
  const attached = await vault.encrypt(input, { key: "photos", context: file.context });
  await kept("attached", attached, ["attached.srm"], encoder.encode(file.text), file.context);
  await attached.track({ location: "s3://bucket/attached.srm" });
  made.attached.metadata = { name: file.name, type: file.type, size: input.size, modified: file.modified };

  const plain = patterned(large.size);
  const detached = await vault.encrypt(plain, { key: "photos", context: large.context, detached: true });
  await kept("detached", detached, ["detached.body", "detached.json"], plain, large.context);
  await detached.track({ location: "s3://bucket/detached" });
  made.detached.metadata = { size: plain.length };

  const small = encoder.encode("the vault keeps my header");
  const inVault = await vault.encrypt(small, { key: "photos", header: "vault" });
  await kept("kept", inVault, ["kept.body"], small);
  made.kept.metadata = { size: small.length };

  const thumbnail = encoder.encode("a thumbnail");
  const beside = await attached.addSidecar("thumbnail", thumbnail);
  await kept("sidecar", beside, ["sidecar.srm"], thumbnail, file.context);
  await beside.track({ location: "s3://bucket/sidecar.srm" });
  made.sidecar.sidecar = { parent: attached.id, name: "thumbnail" };
  made.sidecar.metadata = { size: thumbnail.length };

  const preview = await inVault.addSidecar("preview", thumbnail);
  await kept("keptSidecar", preview, ["kept-sidecar.body"], thumbnail);
  made.keptSidecar.sidecar = { parent: inVault.id, name: "preview" };
  made.keptSidecar.metadata = { size: thumbnail.length };
  return made;
}

/** Uploads that stopped: whole objects are remembered by their hashes. */
async function writeUploads({ vault, plan }) {
  const begun = [];
  for (const { name, size, context, note, ...how } of plan.uploads) {
    const file = new File([patterned(size)], name, { type: "video/webm", lastModified: 1_700_000_000_000 });
    const object = await vault.encrypt(file, { key: "photos", context, ...how });
    const token = await object.resumeToken({ location: `s3://bucket/${name}` });
    if (note) await object.remember(note);
    begun.push({ token, name, size, context, note, bytes: object.size, sha256: await sha256(await object.bytes()) });
    object.close();
  }
  const listed = await vault.uploads.list();
  for (const upload of begun) upload.listed = listed.find(({ token }) => token === upload.token);
  return begun;
}

async function writeValues({ vault, plan }) {
  const { single, bound, many } = plan.values;
  const key = "photos";
  const contexts = many.map(({ context }) => context);
  const tokens = await vault.encryptValues(many.map(({ json }) => json), { key, contexts });
  return [
    { json: single, token: await vault.encryptValue(single, { key }) },
    { ...bound, token: await vault.encryptValue(bound.json, { key, context: bound.context }) },
    ...many.map(({ json, context }, at) => ({ json, context, token: tokens[at] })),
  ];
}

/** What is made without a vault: keys, an object to both, and one of them wrapped to the other. */
async function writeStandalone({ strongroom, plan, files }) {
  const { dangerouslyExportKey, encrypt, generateKey, wrapKey } = strongroom;
  const [kek, pair] = [await generateKey("A256KW"), await generateKey("P-256")];
  const { context } = plan.objects.attached;
  const text = "encrypted without a vault";
  const object = await encrypt(text, { recipients: [kek, pair], context });
  files["standalone.srm"] = await object.bytes();
  return {
    keys: [await dangerouslyExportKey(kek), await dangerouslyExportKey(pair)],
    id: object.id,
    context,
    text,
    envelope: await wrapKey(kek, pair, { context }),
  };
}

/** What is compared of a key. */
export function described({ id, alias, purpose, state, primary, labels, rotateEvery, uses, versions }) {
  const told = versions.map((version) => ({
    id: version.id,
    number: version.number,
    state: version.state,
    uses: version.uses,
    history: version.history.map((step) => [step.state, step.by, step.reason ?? null]),
  }));
  return { id, alias, purpose, state, primary, labels, rotateEvery: rotateEvery ?? null, uses, versions: told };
}

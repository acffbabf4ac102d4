/**
 * Writing and opening samples: a folder of files with which implementations meet. The same code runs
 * in a page and in Node; `tests/vectors/README.md` says what the files are.
 */
const encoder = new TextEncoder();

/** What the sidecar's writer says of it. */
const CUSTOM = { width: 64, ratio: 1.5, tags: ["ä", null] };

/** Leaves two factors, one of them added and replaced: the vault key is the second one. */
async function changeFactors({ passphrase }, vault, factor) {
  const { id } = await vault.factors.add(passphrase("a second passphrase"), { factor, name: "in the safe" });
  await vault.factors.replace(id, passphrase("a third passphrase"), { factor });
}

/**
 * A vault with keys, five objects, a value and a signature. The key that they are under is rotated at the end.
 * Files are base64, so that they cross WebDriver.
 */
export async function writeSample({ Strongroom, passphrase }, plan) {
  const secret = passphrase(plan.passphrase);
  const vault = await Strongroom.create({ name: plan.name, factors: [secret] });
  await vault.keys.create({ alias: "another" });
  const photos = await vault.keys.create({ alias: "photos", labels: { team: "web" }, rotateEvery: "P90D" });
  await vault.keys.create({ alias: "orders", purpose: "sign" });
  const more = Array.from({ length: plan.more ?? 0 }, (_, at) => ({ alias: `more ${at}` }));
  await Promise.all(more.map((options) => vault.keys.create(options)));
  const sealed = async (input, { context }, detached) => {
    const object = await vault.encrypt(input, { key: "photos", context, detached });
    // The upload stays under way.
    if (input instanceof Blob) await object.resumeToken();
    return [object, await object.bytes()];
  };
  const { name, type, modified, text } = plan.attached;
  const file = new File([text], name, { type, lastModified: modified });
  const [attached, attachedBytes] = await sealed(file, plan.attached, false);
  const beside = await attached.addSidecar(plan.sidecar.name, encoder.encode(plan.sidecar.text), { metadata: { custom: CUSTOM } });
  const sidecar = await beside.bytes();
  await beside.track({ location: "sidecar.srm" });
  const plain = patterned(plan.detached.size);
  const [detached, detachedBytes] = await sealed(plain, plan.detached, true);
  const kept = await vault.encrypt(encoder.encode(text), { key: "photos", header: "vault" });
  const keptBody = await kept.bytes();
  const friend = await publicKey();
  const shared = await vault.encrypt(plain, { key: "photos", context: plan.attached.context, recipients: [friend] });
  const sharedBytes = await shared.bytes();
  const value = await vault.encryptValue(plan.value.json, { key: "photos", context: plan.value.context });
  const { payload, ...named } = plan.signed;
  const signed = await vault.sign(payload, named);
  await photos.rotate();
  if (plan.factors) await changeFactors({ passphrase }, vault, secret);
  const backup = new Uint8Array(await (await vault.backup()).arrayBuffer());

  const sample = {
    passphrase: plan.passphrase,
    name: plan.name,
    vault: vault.id,
    keys: (await vault.keys.list()).map((key) => key.alias),
    attached: {
      context: plan.attached.context,
      id: attached.id,
      metadata: { name, type, size: file.size, modified },
      sha256: await sha256(encoder.encode(text)),
    },
    detached: {
      context: plan.detached.context,
      id: detached.id,
      metadata: { size: plain.length },
      sha256: await sha256(plain),
    },
    kept: { context: null, id: kept.id, metadata: { size: file.size }, sha256: await sha256(encoder.encode(text)) },
    sidecar: {
      context: plan.attached.context,
      sidecar: { parent: attached.id, name: plan.sidecar.name },
      id: beside.id,
      metadata: { size: plan.sidecar.text.length, custom: CUSTOM },
      sha256: await sha256(encoder.encode(plan.sidecar.text)),
    },
    shared: {
      context: plan.attached.context,
      id: shared.id,
      metadata: { size: plain.length },
      sha256: await sha256(plain),
    },
    value: plan.value,
    signed: plan.signed,
  };
  await vault.lock();
  const files = {
    "sample.json": encoder.encode(`${JSON.stringify(sample, null, 2)}\n`),
    "backup.json": backup,
    "attached.srm": attachedBytes,
    "detached.json": detached.header,
    "detached.body": detachedBytes,
    "kept.body": keptBody,
    "sidecar.srm": sidecar,
    "shared.srm": sharedBytes,
    "value.jwe": encoder.encode(value),
    "signed.jws": encoder.encode(signed),
  };
  return Object.fromEntries(Object.entries(files).map(([at, bytes]) => [at, toBase64(bytes)]));
}

/** Restores the backup, unlocks the vault and opens everything; what was found. */
export async function openSample({ Strongroom, passphrase }, files) {
  const bytes = (name) => fromBase64(files[name]);
  const text = (name) => new TextDecoder().decode(bytes(name));
  const sample = JSON.parse(text("sample.json"));
  const vault = await Strongroom.restore(bytes("backup.json"));
  await vault.unlock(passphrase(sample.passphrase));
  const opened = async (input, { context, id }, options) => {
    const plain = await vault.decrypt(input, { context: context ?? undefined, expect: id, ...options });
    const { metadata, origin } = plain;
    return { id: plain.id, metadata, origin, sha256: await sha256(await plain.bytes()) };
  };
  const found = {
    name: vault.name,
    vault: vault.id,
    keys: (await vault.keys.list()).map((key) => key.alias),
    attached: await opened(bytes("attached.srm"), sample.attached),
    value: await vault.decryptValue(text("value.jwe"), { context: sample.value.context }),
  };
  if (sample.detached) {
    found.detached = await opened(bytes("detached.body"), sample.detached, { header: bytes("detached.json") });
  }
  // The first release knew neither of the two.
  if (sample.kept) found.kept = await opened(bytes("kept.body"), sample.kept, { object: sample.kept.id });
  // Nor did the samples in the repository.
  if (sample.sidecar) {
    const { sidecar } = sample.sidecar;
    found.sidecar = await opened(bytes("sidecar.srm"), sample.sidecar, { sidecar });
    const [listed] = await vault.objects.list({ parent: sidecar.parent });
    if (listed?.id !== found.sidecar.id) throw new Error("the inventory has no such sidecar");
  }
  if (sample.shared) found.shared = await opened(bytes("shared.srm"), sample.shared);
  if (sample.signed) {
    const { payload, key, typ } = await vault.verify(text("signed.jws"));
    const { alias } = await vault.keys.get(key);
    found.signed = { key: alias, typ, payload: new TextDecoder().decode(payload) };
  }
  await vault.lock();
  await Strongroom.delete(vault.name);
  return found;
}

/** A public key of somebody else's. */
async function publicKey() {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { kty, crv, x, y, kid: "somebody else" };
}

/** Bytes that every reader can make again. */
function patterned(size) {
  return Uint8Array.from({ length: size }, (_, at) => at % 256);
}

async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/**
 * Writing and opening samples: a folder of files with which implementations meet. The same code runs
 * in a page and in Node; `tests/vectors/README.md` says what the files are.
 */
const encoder = new TextEncoder();

/** A vault with one key, two objects and a value. Files are base64, so that they cross WebDriver. */
export async function writeSample({ Strongroom, passphrase }, plan) {
  const secret = passphrase(plan.passphrase);
  const vault = await Strongroom.create({ name: plan.name, factors: [secret] });
  await vault.keys.create({ alias: "another" });
  await vault.keys.create({ alias: "photos" });
  const sealed = async (input, { context }, detached) => {
    const object = await vault.encrypt(input, { key: "photos", context, detached });
    return [object, await object.bytes()];
  };
  const { name, type, modified, text } = plan.attached;
  const file = new File([text], name, { type, lastModified: modified });
  const [attached, attachedBytes] = await sealed(file, plan.attached, false);
  const plain = patterned(plan.detached.size);
  const [detached, detachedBytes] = await sealed(plain, plan.detached, true);
  const value = await vault.encryptValue(plan.value.json, { key: "photos", context: plan.value.context });
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
    value: plan.value,
  };
  await vault.lock();
  const files = {
    "sample.json": encoder.encode(`${JSON.stringify(sample, null, 2)}\n`),
    "backup.json": backup,
    "attached.srm": attachedBytes,
    "detached.json": detached.header,
    "detached.body": detachedBytes,
    "value.jwe": encoder.encode(value),
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
  const opened = async (input, { context, id }, header) => {
    const plain = await vault.decrypt(input, { context, expect: id, header });
    const { metadata, origin } = plain;
    return { id: plain.id, metadata, origin, sha256: await sha256(await plain.bytes()) };
  };
  const found = {
    name: vault.name,
    vault: vault.id,
    keys: (await vault.keys.list()).map((key) => key.alias),
    attached: await opened(bytes("attached.srm"), sample.attached),
    detached: await opened(bytes("detached.body"), sample.detached, bytes("detached.json")),
    value: await vault.decryptValue(text("value.jwe"), { context: sample.value.context }),
  };
  await vault.lock();
  await Strongroom.delete(vault.name);
  return found;
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

/**
 * What every adopter's application does, as the steps a test calls. Copied beside each project's page. The two requests
 * are such as an application's server mints: presigned, to an S3 store of another origin.
 */
import { Strongroom, passphrase } from "strongroom";

const context = { user: "7", object: "cat.jpg" };
const secret = passphrase("correct horse battery staple");

/** Makes a vault and a key, encrypts and uploads a picture, and opens what is downloaded again. */
async function begin({ put, get }) {
  const vault = await Strongroom.create({ name: "acme", factors: [secret] });
  await vault.keys.create({ alias: "photos" });
  const object = await vault.encrypt(new Blob(["a picture"]), { key: "photos", context });
  const uploaded = await fetch(put.url, { ...put, body: await object.blob() });
  if (!uploaded.ok) throw new Error(`the store answered ${uploaded.status}`);
  return { size: object.size, text: await downloaded(vault, get) };
}

/** What a reload leaves: a locked vault, which refuses until it is unlocked. */
async function resume({ get }) {
  const vault = await Strongroom.open({ name: "acme" });
  const refused = await downloaded(vault, get).catch((error) => error.code);
  await vault.unlock(secret);
  const text = await downloaded(vault, get);
  await vault.lock();
  const again = await downloaded(vault, get).catch((error) => error.code);
  return { refused, text, again };
}

async function downloaded(vault, get) {
  const plain = await vault.decrypt(await fetch(get.url, get), { context });
  return plain.text();
}

export const story = { begin, resume };

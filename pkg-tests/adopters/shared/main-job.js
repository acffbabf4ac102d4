/** What every adopter's application does, as the steps a test calls. Copied beside each project's page. */
import { Strongroom, passphrase } from "strongroom";

const context = { user: "7", object: "cat.jpg" };
const secret = passphrase("correct horse battery staple");

/** Makes a vault and a key, and keeps an encrypted object where a reload does not lose it. */
async function begin() {
  const vault = await Strongroom.create({ name: "acme", factors: [secret] });
  await vault.keys.create({ alias: "photos" });
  const object = await vault.encrypt(new Blob(["a picture"]), { key: "photos", context });
  const blob = await object.blob();
  const cache = await caches.open("objects");
  await cache.put("/cat.jpg", new Response(blob));
  return { length: blob.size, text: await opened(vault) };
}

/** What a reload leaves: a locked vault, which refuses until it is unlocked. */
async function resume() {
  const vault = await Strongroom.open({ name: "acme" });
  const refused = await opened(vault).catch((error) => error.code);
  await vault.unlock(secret);
  const text = await opened(vault);
  await vault.lock();
  return { refused, text };
}

async function opened(vault) {
  const cache = await caches.open("objects");
  const plain = await vault.decrypt(await cache.match("/cat.jpg"), { context });
  return plain.text();
}

export const story = { begin, resume };

import { localUrl } from "strongroom/media";
import { passphrase, Strongroom } from "strongroom";

const context = { object: "dot.png" };

/** A picture of two pixels by one. */
async function dot() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 2, height: 1 });
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function show() {
  await import("./register.js");
  const vault = await Strongroom.openOrCreate({ name: "acme", factor: passphrase("correct horse battery staple") });
  const { id } = await vault.keys.create({ alias: `photos-${Date.now()}` });
  const stored = await (await vault.encrypt(await dot(), { key: id, context })).blob();
  const picture = document.getElementById("picture");
  picture.src = await localUrl(await vault.openObject(stored, { context }), { type: "image/png" });
  await picture.decode();
  return [picture.naturalWidth, picture.naturalHeight];
}

/** What a page says that registers an address which came out of no policy. */
async function withoutPolicy() {
  return navigator.serviceWorker.register("/service-worker.js").then(() => "registered", (error) => error.name);
}

/** What the package's policy says to another origin's script. */
async function elsewhere() {
  const { registerServiceWorker } = await import("strongroom/media");
  return registerServiceWorker("https://elsewhere.example/sw.js").catch((error) => error.code);
}

window.story = { show, withoutPolicy, elsewhere };

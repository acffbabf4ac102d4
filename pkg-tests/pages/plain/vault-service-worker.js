/** A service worker that keeps a vault, as an extension's background does. */
import * as inline from "./strongroom/dist/inline.js";
import * as strongroom from "./strongroom/dist/index.js";

async function keep({ Strongroom, passphrase }) {
  const vault = await Strongroom.openOrCreate({ name: "background", factor: passphrase("correct horse") });
  await vault.keys.ensure({ alias: "photos" });
  const token = await vault.encryptValue("kept", { key: "photos" });
  await vault.lock();
  await vault.unlock(passphrase("correct horse"));
  return vault.decryptValue(token);
}

addEventListener("message", (event) => {
  const kept = keep({ strongroom, inline }[event.data]).catch(({ name, code, message }) => `${name} ${code} ${message}`);
  event.waitUntil(kept.then((outcome) => event.ports[0].postMessage(outcome)));
});

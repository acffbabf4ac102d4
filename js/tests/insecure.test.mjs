/** A page over plain http: whoever is on the way can change its code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { init, passphrase, Strongroom } from "strongroom";
import { generateKey } from "strongroom/standalone";

const refused = { code: "ERR_UNSUPPORTED", what: "a page that is no secure context", message: /https/ };
const factors = [passphrase("correct horse battery staple")];

test("a page that is no secure context gets no vault and no key, unless it says that it accepts that", async () => {
  globalThis.isSecureContext = false;
  await assert.rejects(init(), refused);
  await assert.rejects(Strongroom.create({ name: "a", factors }), refused);
  await assert.rejects(Strongroom.open({ name: "a" }), refused);
  await assert.rejects(Strongroom.list(), refused);
  await assert.rejects(generateKey("A256KW"), refused);
  await assert.rejects(init({ insecure: "yes" }), { code: "ERR_ARGUMENT" });
  // Nothing of what was refused has fixed the settings.
  await init({ insecure: true });
  const vault = await Strongroom.create({ name: "a", factors });
  await vault.close();
  await assert.rejects(init({ insecure: false }), refused);
});

/** Single calls of the package, and bare messages. Times are microseconds for one of them. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";

const key = "photos";
const context = { album: "42" };
const plain = crypto.getRandomValues(new Uint8Array(1024));
const value = { card: "4111 1111 1111 1111", holder: "Zoë" };

const echo = new Worker("echo.js");
const waiting = new Map();
let messages = 0;
echo.addEventListener("message", ({ data }) => {
  waiting.get(data)(data);
  waiting.delete(data);
});

const opening = (async () => {
  const vault = await Strongroom.create({ name: "bench", factors: [passphrase("correct horse battery staple")] });
  await vault.keys.create({ alias: key });
  const token = await vault.encryptValue(value, { key });
  const object = await (await vault.encrypt(plain, { key, context })).bytes();
  return { vault, token, object };
})();

const CALLS = {
  message: () =>
    new Promise((resolve) => {
      waiting.set(++messages, resolve);
      echo.postMessage(messages);
    }),
  encryptValue: ({ vault }) => vault.encryptValue(value, { key }),
  decryptValue: ({ vault, token }) => vault.decryptValue(token),
  encryptObject: async ({ vault }) => (await vault.encrypt(plain, { key, context })).bytes(),
  decryptObject: async ({ vault, object }) => (await vault.decrypt(object, { context })).bytes(),
};

window.story = {
  /** So many of a call, one after the other or all at once. */
  async run(call, times, atOnce) {
    const [given, work] = [await opening, CALLS[call]];
    const from = performance.now();
    if (atOnce) await Promise.all(Array.from({ length: times }, () => work(given)));
    else for (let time = 0; time < times; time++) await work(given);
    return ((performance.now() - from) * 1000) / times;
  },
};

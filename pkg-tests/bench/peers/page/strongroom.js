/** The package as it is installed: a vault of its own, an object with a fresh data key for each run. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";

const options = { key: "photos", context: { album: "42" } };

const opening = (async () => {
  const vault = await Strongroom.create({ name: "bench", factors: [passphrase("correct horse battery staple")] });
  await vault.keys.create({ alias: "photos" });
  return vault;
})();

export async function objects() {
  const vault = await opening;
  return {
    encrypt: async (bytes) => (await vault.encrypt(bytes, options)).bytes(),
    decrypt: async (sealed) => (await vault.decrypt(sealed, { context: options.context })).bytes(),
    encryptFile: async (file) => discard((await vault.encrypt(file, options)).stream()),
    decryptFile: async (file) => discard((await vault.decrypt(file, { context: options.context })).stream()),
    encryptStream: async (file) => (await vault.encrypt(file, options)).stream(),
  };
}

/** Values: what `jose` does too. */
export async function values() {
  const vault = await opening;
  return {
    encrypt: (value) => vault.encryptValue(value, { key: "photos" }),
    decrypt: (token) => vault.decryptValue(token),
    encryptAll: (values) => vault.encryptValues(values, { key: "photos" }),
    decryptAll: (tokens) => vault.decryptValues(tokens),
  };
}

export async function unlock() {
  const vault = await opening;
  await vault.lock();
  const from = performance.now();
  await vault.unlock(passphrase("correct horse battery staple"));
  return performance.now() - from;
}

/** Reads a stream to its end; how many bytes it gave. */
export async function discard(stream) {
  let bytes = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.byteLength;
  }
}

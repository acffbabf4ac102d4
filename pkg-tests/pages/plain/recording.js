/** Remembers of each segment that `crypto.subtle` encrypts here: a digest of the key, the nonce, and a digest of the plaintext. */
const { subtle } = crypto;
const [importKey, encrypt] = [subtle.importKey, subtle.encrypt].map((method) => method.bind(subtle));
/** Digests of keys. @type {WeakMap<CryptoKey, string>} */
const names = new WeakMap();

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const digest = async (bytes) => hex(await subtle.digest("SHA-256", bytes));

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("recorded", 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("segments"));
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error));
});

/** Before anything is encrypted: whatever is killed, what came of it is known. */
async function remember(entry) {
  const transaction = (await opened).transaction("segments", "readwrite");
  transaction.objectStore("segments").put(true, entry);
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", resolve);
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

subtle.importKey = async (format, raw, ...rest) => {
  // The caller wipes it.
  const [name, key] = await Promise.all([digest(raw.slice()), importKey(format, raw, ...rest)]);
  names.set(key, name);
  return key;
};

subtle.encrypt = async (algorithm, key, plain) => {
  await remember([names.get(key), hex(algorithm.iv), await digest(plain)]);
  return encrypt(algorithm, key, plain);
};

/** A file that is larger than any buffer, read, encrypted and decrypted, and thrown away. */
import { vaults } from "./story.js";

const chosen = () => document.querySelector("#file").files[0];
const options = { key: "photos", context: { file: "sparse" } };

/** How many bytes there are, the last few, and how often they are not all zeros. */
async function discarded(stream) {
  let [size, others, end] = [0, 0, new Uint8Array(0)];
  const reader = stream.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (!value) return { size, others, end: Array.from(end.slice(-64)) };
    size += value.byteLength;
    // A look at a few: reading each would take as long as all else.
    if (value[0] !== 0 || value.at(-1) !== 0) others += 1;
    end = value;
  }
}

Object.assign(window.story, {
  fileSize: () => chosen().size,
  /** Reads the file and does nothing with it. */
  read: () => discarded(chosen().stream()),
  async encryptAll() {
    const object = await vaults.get("acme").encrypt(chosen(), options);
    return { expected: object.size, ...(await discarded(object.stream())) };
  },
  async decryptAll() {
    const vault = vaults.get("acme");
    const object = await vault.encrypt(chosen(), options);
    const plain = await vault.decrypt(object.stream(), { context: options.context });
    return discarded(plain.stream());
  },
  /** Its end alone, once all of it was read for that. */
  async endAgain(length) {
    const object = await vaults.get("acme").encrypt(chosen(), options);
    await object.resumeToken();
    const whole = await discarded(object.stream());
    const again = await discarded(object.stream({ from: object.size - length }));
    object.close();
    return { whole: whole.end, size: again.size, end: again.end };
  },
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { code, pattern, sharedVault, vaultWithKey } from "./support.mjs";

const SIZE = 5_000_000;

/** A Blob whose byte stream reads `whole` times, and then hangs: as Chromium's do now and then. */
class Hanging extends Blob {
  #whole;
  asked = 0;

  constructor(parts, whole) {
    super(parts);
    this.#whole = whole;
  }

  stream() {
    const stream = super.stream();
    const reader = (options) => {
      const real = stream.getReader(options);
      const read = (view) => (this.asked++ < this.#whole ? real.read(view) : new Promise(() => {}));
      return { read, cancel: (reason) => real.cancel(reason) };
    };
    return { getReader: (options) => (options ? reader(options) : stream.getReader()) };
  }
}

/** A Blob of an older browser. */
class WithoutByteStream extends Blob {
  stream() {
    const stream = super.stream();
    const refused = (options) => {
      if (options) throw new TypeError("no byte stream");
      return stream.getReader();
    };
    return { getReader: refused };
  }
}

async function decrypted(vault, blob) {
  const object = await vault.encrypt(blob, { key: "photos" });
  return (await vault.decrypt(await object.blob())).bytes();
}

test("a byte stream that hangs is left for the default reader, where it was", async () => {
  const vault = await vaultWithKey();
  const plain = pattern(SIZE);
  for (const whole of [0, 1, 2]) {
    const blob = new Hanging([plain], whole);
    assert.deepEqual(await decrypted(vault, blob), plain);
    assert.ok(blob.asked > whole, "it never hung");
  }
});

test("a Blob without byte streams is read", async () => {
  const vault = await vaultWithKey();
  const plain = pattern(SIZE);
  assert.deepEqual(await decrypted(vault, new WithoutByteStream([plain])), plain);
});

test("an object of any size around a piece comes back", async () => {
  const vault = await vaultWithKey();
  const piece = 4 * (262_144 - 16);
  for (const size of [0, 1, piece - 41, piece - 40, piece - 39, piece, 2 * piece - 40, 2 * piece - 39]) {
    const plain = pattern(size);
    assert.deepEqual(await decrypted(vault, new Blob([plain])), plain, `${size} bytes`);
  }
});

test("a Blob that is cut, or goes on, does not decrypt", async () => {
  const vault = await sharedVault();
  const piece = 4 * 262_144;
  const object = await vault.encrypt(new Blob([pattern(2 * piece)]), { key: "photos", detached: true });
  const { header } = object;
  const body = await object.blob();
  for (const size of [40, piece, 2 * piece, body.size - 1]) {
    const cut = await vault.decrypt(body.slice(0, size), { header });
    await assert.rejects(cut.bytes(), code("ERR_DECRYPT"), `${size} bytes`);
  }
  const longer = await vault.decrypt(new Blob([body, body.slice(0, 100)]), { header });
  await assert.rejects(longer.bytes(), code("ERR_DECRYPT"));
});

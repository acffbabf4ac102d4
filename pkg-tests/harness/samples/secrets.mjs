/** Looking for secrets in whatever form they may stand. */

/** @typedef {{ place: string, bytes: Buffer }} Found */
/** @typedef {Record<string, Buffer>} Secrets by name */

/** Which secrets stand where. @param {Secrets} secrets @param {Found[]} haystack @param {typeof forms} formsOf */
export function leaks(secrets, haystack, formsOf = forms) {
  const find = finder(Object.entries(secrets).flatMap(([name, secret]) => formsOf(secret).map((form) => ({ name, form }))));
  return haystack.flatMap(({ place, bytes }) => [...find(bytes)].map((name) => `${name}: ${place}`));
}

/** Finds names by forms of at least four bytes: in one pass, since a browser has much memory. @param {{ name: string, form: Buffer }[]} wanted */
function finder(wanted) {
  /** By their first four bytes. @type {Map<number, typeof wanted>} */
  const begun = new Map();
  /** Whether any begins with these two. */
  const likely = new Uint8Array(65_536);
  for (const each of wanted) {
    const start = each.form.readUInt32LE();
    begun.set(start, [...(begun.get(start) ?? []), each]);
    likely[start & 0xffff] = 1;
  }
  return (/** @type {Buffer} */ bytes) => {
    const names = /** @type {Set<string>} */ (new Set());
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (!likely[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)]) continue;
      for (const { name, form } of begun.get(bytes.readUInt32LE(at)) ?? []) {
        if (bytes.subarray(at, at + form.length).equals(form)) names.add(name);
      }
    }
    return names;
  };
}

/** What a secret may look like: itself, hex, and base64 at each of the three offsets. @param {Buffer} secret */
export function forms(secret) {
  const encoded = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), secret]).toString("base64").replaceAll("=", "");
    // The first characters depend on what stands before, the last on what follows.
    const inner = text.slice(offset && offset + 1, -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const hex = secret.toString("hex");
  return [secret, ...[hex, hex.toUpperCase(), ...encoded].map((text) => Buffer.from(text))];
}

/** What 32 bytes of key may look like to the code that works on them. @param {Buffer} secret @returns {Buffer[]} */
export function workingForms(secret) {
  if (secret.length !== 32) return forms(secret);
  const reversed = Buffer.from(secret.toReversed());
  // SHA-256 reads its input as big-endian words; HMAC begins with the key under two masks.
  const hashed = [secret, masked(secret, 0x36), masked(secret, 0x5c)].map((bytes) => Buffer.from(bytes).swap32());
  const rounds = [roundKey(secret.subarray(0, 16), 1), roundKey(secret.subarray(0, 16), 2)];
  return [...forms(secret), reversed, montgomery(secret), masked(secret, 0x36), masked(secret, 0x5c), ...hashed, ...rounds];
}

/** @param {Buffer} bytes @param {number} mask */
function masked(bytes, mask) {
  return Buffer.from(bytes.map((byte) => byte ^ mask));
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A scalar of P-256 as it is multiplied: times 2^256 modulo the group's order, the lowest limb first. @param {Buffer} scalar */
function montgomery(scalar) {
  const product = ((BigInt(`0x${scalar.toString("hex")}`) << 256n) % ORDER).toString(16).padStart(64, "0");
  return Buffer.from(Buffer.from(product, "hex").toReversed());
}

/**
 * The first AES round key, bitsliced: word p holds bit p of all bytes, ordered by row, then by column. Where
 * several blocks are worked on at once, each bit stands there as many times.
 *
 * @param {Buffer} key 16 bytes
 * @param {1 | 2} blocks
 */
function roundKey(key, blocks) {
  const words = Buffer.alloc(16 * blocks);
  for (let bit = 0; bit < 128 * blocks; bit++) {
    const [position, cell] = [Math.floor(bit / blocks) >> 4, Math.floor(bit / blocks) & 15];
    const byte = key[(cell & 3) * 4 + (cell >> 2)] ?? 0;
    words[bit >> 3] = (words[bit >> 3] ?? 0) | (((byte >> position) & 1) << (bit & 7));
  }
  return words;
}

/** Helpers shared by the tests, which run on the inline engine over Node's memory store. */
import { passphrase, Strongroom } from "strongroom";

let made = 0;

export const secret = () => passphrase("correct horse battery staple");

/** A vault of its own with a key called "photos". */
export async function vaultWithKey(options = {}) {
  const name = `vault-${made++}`;
  const vault = await Strongroom.create({ name, factors: [secret()], ...options });
  await vault.keys.create({ alias: "photos" });
  return vault;
}

let shared;

/** One such vault for all tests of a file that only encrypt and decrypt: making one takes most of a test's time. */
export function sharedVault() {
  shared ??= vaultWithKey();
  return shared;
}

/**
 * Unlocks a vault by an escrow's key, as whoever has compared what it claims with what was noted.
 *
 * @param {import("strongroom").Vault} vault @param {any} key @param {import("strongroom").UnlockOptions} [options]
 */
export async function unlockNoted(vault, key, options) {
  try {
    return await vault.unlock(key, options);
  } catch (error) {
    const { code: found, pinned, identity } = /** @type {any} */ (error);
    if (found !== "ERR_IDENTITY_CHANGED" || pinned !== undefined) throw error;
    return vault.unlock(key, { ...options, identity });
  }
}

/** Bytes that repeat with no period that divides a segment. */
export function pattern(length) {
  const bytes = new Uint8Array(length);
  // A callback for each of millions of bytes would take a second.
  for (let at = 0; at < length; at++) bytes[at] = at * 31 + (at >> 8);
  return bytes;
}

export async function gather(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** A stream of `bytes` in chunks of `size`; `cancelled` holds the reason once it was. */
export function streamOf(bytes, size) {
  let at = 0;
  const seen = { cancelled: undefined };
  const stream = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
    cancel(reason) {
      seen.cancelled = reason;
    },
  });
  return { stream, seen };
}

/** For `assert.rejects`. */
export const code = (expected) => (error) => {
  if (error.code === expected && error instanceof Error) return true;
  throw error;
};

/** The least that a `Store` can be. */
export function mapStore() {
  const vaults = new Map();
  return {
    vaults: async () => [...vaults.keys()],
    read: async (name, ranges) => {
      const { sequence = 0, rows = new Map() } = vaults.get(name) ?? {};
      const sorted = [...rows.values()].toSorted(inOrder);
      return { sequence, rows: ranges.flatMap((range) => within(sorted, range)) };
    },
    commit: async (name, expect, next, puts, deletes) => {
      const vault = vaults.get(name) ?? { sequence: 0, rows: new Map() };
      if (vault.sequence !== expect) return false;
      for (const gone of deletes) vault.rows.delete(address(gone));
      for (const row of puts) vault.rows.set(address(row), row);
      vaults.set(name, { sequence: next, rows: vault.rows });
      return true;
    },
    remove: async (name) => {
      vaults.delete(name);
    },
  };
}

const address = ({ type, id, version }) => `${type}/${id}/${version}`;
const inOrder = (one, other) => compare([one.type, one.id, one.version], [other.type, other.id, other.version]);

function compare(one, other) {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : one[at] < other[at] ? -1 : 1;
}

const located = ({ type, id, version }) => ({ type, id, version, revision: 0, bytes: new Uint8Array(0) });

function within(rows, { prefix, after, limit, bare }) {
  return rows
    .filter(({ type, id, version }) => {
      const parts = [type, id, version];
      return prefix.every((part, at) => part === parts[at]) && (!after || compare(parts, after) > 0);
    })
    .slice(0, limit)
    .map((row) => (bare ? located(row) : row));
}

/** Steps for devices: the published surface as it is. */
import { passphrase, Strongroom, thisDevice } from "./strongroom/dist/index.js";
import "./factors.js";
import { settled, vaults } from "./story.js";

const DATABASE = "strongroom-device-keys";

/** What this page itself asked of the browser's keys: nothing, since the Worker does. */
const asked = [];
for (const [owner, name] of [[crypto.subtle, "sign"], [indexedDB, "open"]]) {
  const original = owner[name];
  owner[name] = (...given) => {
    if (name === "sign" || given[0] === DATABASE) asked.push(name);
    return original.apply(owner, given);
  };
}

/** Uses the keys' database, past what is noted of this page. */
async function inKeys(mode, use) {
  const request = indexedDB.open(DATABASE, 1);
  asked.pop();
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("keys"));
  const database = await settled(request);
  const result = await settled(use(database.transaction("keys", mode).objectStore("keys")));
  database.close();
  return result;
}

/** What became of a call. */
async function outcome(call) {
  try {
    return { value: (await call()) ?? null };
  } catch ({ name, code, reason, kinds, message }) {
    return { name, code, reason, kinds, message };
  }
}

Object.assign(window.story, {
  addDevice: (name, secret, expires = "P30D") =>
    outcome(() => vaults.get(name).factors.add(thisDevice({ expires }), { factor: passphrase(secret), name: "here" })),

  replaceByDevice: (name, id, secret) =>
    outcome(() => vaults.get(name).factors.replace(id, thisDevice({ expires: "P1D" }), { factor: passphrase(secret) })),

  /** Opens it by a handle of its own. */
  openByDevice: (name, options) =>
    outcome(async () => {
      const vault = await Strongroom.open({ name, factor: thisDevice(options) });
      try {
        return { alias: (await vault.keys.get("photos")).alias, failed: vault.lastUnlock.failedAttempts?.count ?? 0 };
      } finally {
        await vault.close();
      }
    }),

  /** What a device is refused for, on a vault that it has opened. */
  asPerson: async (name) => {
    const vault = await Strongroom.open({ name, factor: thisDevice() });
    const factor = thisDevice();
    const [first] = await vault.factors.list();
    const outcomes = await Promise.all([
      outcome(() => vault.factors.add(passphrase("a passphrase that a thief adds"), { factor })),
      outcome(() => vault.factors.replace(first.id, passphrase("a passphrase that a thief adds"), { factor })),
      outcome(() => vault.factors.revoke(first.id, { factor })),
      outcome(async () => (await vault.keys.get("photos")).dangerouslyExport({ factor })),
    ]);
    await vault.close();
    return outcomes;
  },

  available: () => Strongroom.availableFactors(),
  deleteVault: (name) => Strongroom.delete(name),
  restoreAs: async (name, as) => {
    const restored = await Strongroom.restore(await vaults.get(name).backup(), { name: as });
    await restored.close();
  },

  /** The keys by their names, and whether the page can read one. */
  deviceKeys: async () => {
    // Beside each stands the time at which it was there last.
    const ids = (await inKeys("readonly", (keys) => keys.getAllKeys())).filter((id) => !id.endsWith(" seen"));
    const key = ids.length > 0 && (await inKeys("readonly", (keys) => keys.get(ids[0])));
    const exported = key && (await crypto.subtle.exportKey("raw", key).then(() => "exported", ({ name }) => name));
    return { ids, exported: exported || null };
  },
  dropDeviceKeys: () => inKeys("readwrite", (keys) => keys.clear()),
  askedByPage: () => asked,
});

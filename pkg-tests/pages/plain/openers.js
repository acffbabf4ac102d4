/** Steps for vaults that take two factors at once: the published surface as it is. */
import { newRecoveryKit, passkey, passphrase, recoveryKit, Strongroom, thisDevice } from "./strongroom/dist/index.js";
import { dumpOrigin } from "./database.mjs";
import "./keys.js";
import { outcome } from "./passkeys.js";
import "./this-device.js";
import { vaults } from "./story.js";

/** A factor, or two, by what a test says of each. */
function factorOf(given, onCeremony) {
  if (Array.isArray(given)) return given.map((one) => factorOf(one, onCeremony));
  if ("secret" in given) return passphrase(given.secret);
  if ("words" in given) return recoveryKit(given.words);
  if ("device" in given) return thisDevice(given.device);
  return passkey({ ...given.passkey, onCeremony });
}

/** What an unlock told, and what the vault has. */
async function seen(vault, { factor, second, failedAttempts }) {
  const keys = (await vault.keys.list()).map(({ alias }) => alias);
  return { by: [factor.kind, second?.kind], failed: failedAttempts?.count ?? 0, keys };
}

const own = navigator.credentials.get;

Object.assign(window.story, {
  /** With a new kit beside what a test says: its words. */
  createWithKit: (name, given, options = {}) =>
    outcome(async (onCeremony) => {
      const kit = await newRecoveryKit();
      const factors = [...factorOf(given, onCeremony), kit];
      vaults.set(name, await Strongroom.create({ name, factors, ...options }));
      return kit.words.join(" ");
    }),

  /** By a handle of its own. */
  tryToOpen: (name, given, options = {}) =>
    outcome(async (onCeremony) => {
      const vault = await Strongroom.open({ name, ...options });
      try {
        return await seen(vault, await vault.unlock(factorOf(given, onCeremony)));
      } finally {
        await vault.close();
      }
    }),

  unlockBy: (name, given) =>
    outcome(async (onCeremony) => seen(vaults.get(name), await vaults.get(name).unlock(factorOf(given, onCeremony)))),

  /** `require` or `revoke`. */
  factorsBy: (name, method, subject, given) =>
    outcome((onCeremony) => vaults.get(name).factors[method](subject ?? undefined, { factor: factorOf(given, onCeremony) })),
  addBy: (name, added, given) =>
    outcome((onCeremony) => vaults.get(name).factors.add(factorOf(added, onCeremony), { factor: factorOf(given, onCeremony) })),
  replaceBy: (name, id, added, given) =>
    outcome((onCeremony) => vaults.get(name).factors.replace(id, factorOf(added, onCeremony), { factor: factorOf(given, onCeremony) })),
  required: async (name) => (await vaults.get(name).factors.required()) ?? null,

  /** Whether an authenticator answers with a secret that is none of the vault's. */
  answerWrongly: (does) => {
    navigator.credentials.get = !does
      ? own
      : async (options) => {
          const answer = await own.call(navigator.credentials, options);
          const { prf } = answer.getClientExtensionResults();
          const results = { ...prf.results, first: crypto.getRandomValues(new Uint8Array(32)).buffer };
          return { ...answer, id: answer.id, type: answer.type, rawId: answer.rawId, getClientExtensionResults: () => ({ prf: { ...prf, results } }) };
        };
  },

  /** All that the origin's databases hold, as text. */
  databases: async () => JSON.stringify((await dumpOrigin()).databases),

  /** Of each record that is an envelope: its type, what its content is, and whom it is for. */
  envelopes: async () => {
    const { databases } = await dumpOrigin();
    const rows = databases.find(({ name }) => name === "strongroom").stores.find(({ name }) => name === "rows").rows;
    return rows.flatMap(([, { type, bytes }]) => {
      try {
        const { protected: header, recipients } = JSON.parse(atob(bytes.base64));
        const { cty } = JSON.parse(atob(header.replaceAll("-", "+").replaceAll("_", "/")));
        return [{ type, cty, kids: recipients.map(({ header: { kid } }) => kid) }];
      } catch {
        // No envelope.
        return [];
      }
    });
  },
});

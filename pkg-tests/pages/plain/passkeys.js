/** Steps for passkeys: the published surface as it is. */
import { passkey, passphrase, Strongroom } from "./strongroom/dist/index.js";
import "./factors.js";
import { vaults } from "./story.js";

const bytes = () => crypto.getRandomValues(new Uint8Array(32));

/** What became of a call, and what the browser was asked for meanwhile. */
export async function outcome(call) {
  const told = [];
  try {
    const value = await call((ceremony) => told.push(`${ceremony.kind} ${ceremony.step}/${ceremony.steps}`));
    return { told, value };
  } catch ({ code, reason, kinds, message }) {
    return { told, code, reason, kinds, message };
  }
}

Object.assign(window.story, {
  addPasskey: (name, secret, options = {}) =>
    outcome((onCeremony) =>
      vaults.get(name).factors.add(passkey({ userName: "ada", ...options, onCeremony }), { factor: passphrase(secret) }),
    ),

  /** Opens it by a handle of its own. */
  openByPasskey: (name, options = {}) =>
    outcome(async (onCeremony) => {
      const vault = await Strongroom.open({ name });
      try {
        const { failedAttempts } = await vault.unlock(passkey({ ...options, onCeremony }));
        return { failed: failedAttempts?.count ?? 0, keys: (await vault.keys.list()).length };
      } finally {
        await vault.close();
      }
    }),

  createByPasskey: (name, secret) =>
    outcome(async (onCeremony) => {
      const made = passkey({ userName: "ada", onCeremony });
      const factors = secret === undefined ? [made] : [passphrase(secret), made];
      const vault = await Strongroom.create({ name, factors });
      vaults.set(name, vault);
      return (await vault.factors.list()).map(({ kind }) => kind);
    }),

  /** Begins to open it, and aborts once the browser has been asked. */
  abortPasskey: (name) =>
    outcome(async () => {
      const ending = new AbortController();
      const vault = await Strongroom.open({ name });
      try {
        const onCeremony = () => void setTimeout(() => ending.abort(), 200);
        await vault.unlock(passkey({ onCeremony }), { signal: ending.signal });
      } finally {
        await vault.close();
      }
    }),

  revokeWithPasskey: (name, id, options = {}) =>
    outcome((onCeremony) => vaults.get(name).factors.revoke(id, { factor: passkey({ onCeremony }), ...options })),

  /** What the browser says of PRF when a passkey is made: whether there is a result. */
  resultAtCreate: async () => {
    const publicKey = {
      challenge: bytes(),
      rp: { name: "test" },
      user: { id: bytes(), name: "test", displayName: "test" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { userVerification: "required" },
      extensions: { prf: { eval: { first: bytes() } } },
    };
    const { prf } = (await navigator.credentials.create({ publicKey })).getClientExtensionResults();
    return { enabled: prf?.enabled ?? null, result: prf?.results !== undefined };
  },
});

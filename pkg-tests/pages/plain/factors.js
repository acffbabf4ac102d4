/** What opens a vault, for the tests of the package. */
import { newRecoveryKit, passphrase, recoveryKit, Strongroom } from "./strongroom/dist/index.js";
import { vaults } from "./story.js";

/** A kit that was made, and that no vault has yet. */
let newKit;

Object.assign(window.story, {
  factors: (name) => vaults.get(name).factors.list(),
  addFactor: (name, present, added, called) =>
    vaults.get(name).factors.add(passphrase(added), { factor: passphrase(present), name: called }),
  renameFactor: (name, id, called) => vaults.get(name).factors.rename(id, called),
  replaceFactor: (name, id, present, added) =>
    vaults.get(name).factors.replace(id, passphrase(added), { factor: passphrase(present) }),
  revokeFactor: (name, id, present) => vaults.get(name).factors.revoke(id, { factor: passphrase(present) }),
  identityOf: (name) => vaults.get(name).identity(),
  addKit: async (name, present) => {
    const kit = await newRecoveryKit();
    await vaults.get(name).factors.add(kit, { factor: passphrase(present) });
    return kit.words.join(" ");
  },
  holdNewKit: async () => {
    newKit = await newRecoveryKit();
    return newKit.words.join(" ");
  },
  /** With the kit that is held in the place of the vault's own. */
  revokeCompromised: async (name, id, present, keep) => {
    const factor = passphrase(present);
    await vaults.get(name).factors.revoke(id, { factor, compromised: true, keep, kit: newKit });
  },

  /** Tries passphrases all at once, each by a handle of its own. Gives what each came to, and when it did. */
  tryAll: async (name, secrets) => {
    const attempts = secrets.map(async (secret) => {
      const vault = await Strongroom.open({ name });
      try {
        const { failedAttempts } = await vault.unlock(passphrase(secret));
        return { outcome: "opened", at: Date.now(), failed: failedAttempts?.count ?? 0, last: failedAttempts?.last.getTime() };
      } catch (error) {
        return { outcome: error.code, at: Date.now() };
      } finally {
        await vault.close();
      }
    });
    return Promise.all(attempts);
  },

  /** Whether a passphrase opens it, tried beside whatever has it open. */
  opensBy: (name, secret) => opensBy(name, passphrase(secret)),
  opensByWords: (name, words) => opensBy(name, recoveryKit(words)),
});

async function opensBy(name, factor) {
  const vault = await Strongroom.open({ name });
  try {
    await vault.unlock(factor);
    return true;
  } catch (error) {
    if (!["ERR_WRONG_FACTOR", "ERR_KIT_REPLACED"].includes(error.code)) throw error;
    return false;
  } finally {
    await vault.close();
  }
}

/** What opens a vault, for the tests of the package. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";
import { vaults } from "./story.js";

Object.assign(window.story, {
  factors: (name) => vaults.get(name).factors.list(),
  addFactor: (name, present, added, called) =>
    vaults.get(name).factors.add(passphrase(added), { factor: passphrase(present), name: called }),
  renameFactor: (name, id, called) => vaults.get(name).factors.rename(id, called),
  replaceFactor: (name, id, present, added) =>
    vaults.get(name).factors.replace(id, passphrase(added), { factor: passphrase(present) }),
  revokeFactor: (name, id, present) => vaults.get(name).factors.revoke(id, { factor: passphrase(present) }),

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
  opensBy: async (name, secret) => {
    const vault = await Strongroom.open({ name });
    try {
      await vault.unlock(passphrase(secret));
      return true;
    } catch (error) {
      if (error.code !== "ERR_WRONG_FACTOR") throw error;
      return false;
    } finally {
      await vault.close();
    }
  },
});

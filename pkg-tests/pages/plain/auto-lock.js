/** Steps for vaults that lock themselves: the published surface as it is. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";
import "./factors.js";
import { vaults } from "./story.js";

/** What the vaults locked themselves for, by their names. */
const causes = {};

Object.assign(window.story, {
  openLocking: async (name, secret, autoLock) => {
    const vault = await Strongroom.open({ name, factor: passphrase(secret), autoLock });
    vault.addEventListener("lock", ({ detail }) => {
      causes[name] = [detail.automatic, detail.reason.code, detail.elsewhere];
    });
    vaults.set(name, vault);
    delete causes[name];
  },
  lockedFor: (name) => causes[name],

  /** Encrypts what comes slowly, and tells whether it came whole. */
  encryptSlowly: async (name, milliseconds) => {
    let left = 5;
    const input = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds / 5));
        if (left-- > 0) controller.enqueue(new Uint8Array(100_000));
        else controller.close();
      },
    });
    const object = await vaults.get(name).encrypt(input, { key: "photos", context: { object: "slow" } });
    return (await object.bytes()).length > 500_000;
  },
});

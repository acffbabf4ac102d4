/** Steps for unlocks that survive a reload: the published surface as it is. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";
import "./keys.js";
import "./this-device.js";
import { vaults } from "./story.js";

Object.assign(window.story, {
  createSurviving: async (name, secret, surviveReload) => {
    vaults.set(name, await Strongroom.create({ name, factors: [passphrase(secret)], surviveReload }));
  },
  openSurviving: async (name, surviveReload, secret) => {
    const factor = secret === undefined ? undefined : passphrase(secret);
    const vault = await Strongroom.open({ name, factor, surviveReload });
    vaults.set(name, vault);
    return [vault.unlocked, vault.survivedReload];
  },
  /** By what was typed into the page, which drivers keep no copy of in it. */
  openByTyped: async (name, surviveReload) => {
    const vault = await Strongroom.open({ name, factor: passphrase(document.querySelector("input").value), surviveReload });
    vaults.set(name, vault);
    return [vault.unlocked, vault.survivedReload];
  },
  keptByTab: () => Object.entries(sessionStorage),
  plantInTab: (items) => {
    for (const [name, value] of items) sessionStorage.setItem(name, value);
  },
});

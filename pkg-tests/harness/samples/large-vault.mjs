/** A vault of more records than an unlock checks, made quickly: in Node's memory, and given out as a backup. */
import { installedPackage } from "../consumer.mjs";

/** Objects in it. An unlock reads up to 1,000 records whole. */
export const MANY = 1100;

/** @param {string} secret @returns {Promise<string>} base64 */
export async function largeBackup(secret) {
  const { Strongroom, passphrase } = await installedPackage()();
  const vault = await Strongroom.create({ name: "large", factors: [passphrase(secret)] });
  await vault.keys.create({ alias: "photos" });
  for (let at = 0; at < MANY; at++) {
    const object = await vault.encrypt("", { key: "photos", detached: true });
    await object.track({ location: `/objects/${at}` });
    object.close();
  }
  const backup = await vault.backup();
  vault.close();
  return Buffer.from(await backup.arrayBuffer()).toString("base64");
}

import { passphrase, Strongroom, thisDevice, type MissingFactor } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

const explain = (missing: readonly MissingFactor[]): void => assert(missing.length === 0, JSON.stringify(missing));

export async function devices(): Promise<void> {
  const vault = await unlocked();
  await documented();
  assert((await vault.factors.list()).length === 1);
  let offered = 0;
  const offerThisDevice = (): void => void offered++;
  await told();
  assert(offered === 1);
  await commented();
  assert(vault.unlocked);
  await Strongroom.delete("acme");

  async function documented(): Promise<void> {
    // sample: docs/factors.md "after a reload, too"
    assert(laptop.device !== undefined);
  }

  async function told(): Promise<void> {
    // sample: js/src/page/factors/vault-factors.ts "offerThisDevice"
  }

  async function commented(): Promise<void> {
    // sample: js/src/page/factors/this-device.ts "my laptop"
  }
}

import { Strongroom, isStrongroomError, passphrase, type Vault } from "strongroom";
import { assert, picture, typed as secret, unlocked } from "./world.js";

const typed: string = secret;

export async function startFirst(): Promise<void> {
  const file = await picture();
  // sample: docs/start.md "openOrCreate"
  assert(!vault.unlocked);
}

export async function startLocking(): Promise<void> {
  let shown: string | undefined;
  const showLogin = (why: string): void => void (shown = why);
  await unlocked();
  // sample: docs/start.md "activity: true"
  assert(vault.unlocked);
  await vault.close();
  assert(shown === "ERR_CLOSED");
}

export async function startSurviving(): Promise<void> {
  await unlocked();
  const [first, again] = [await opened(), await opened()];
  assert(first.unlocked && !first.survivedReload);
  assert(again.unlocked && again.survivedReload);
  await first.close();
  await again.close();

  async function opened(): Promise<Vault> {
    // sample: docs/start.md "surviveReload: { for"
    return vault;
  }
}

export async function startBackup(): Promise<void> {
  const saved: [Blob, string][] = [];
  await backedUp();
  const [[chosenFile] = []] = saved;
  assert(chosenFile);
  await Strongroom.delete("acme");
  await restored(chosenFile);

  async function backedUp(): Promise<void> {
    const vault = await unlocked();
    const saveAs = (blob: Blob, name: string): void => void saved.push([blob, name]);
    // sample: docs/start.md "saveAs"
  }

  async function restored(chosenFile: Blob): Promise<void> {
    // sample: docs/start.md "Strongroom.restore"
    assert((await vault.keys.get("photos")).alias === "photos");
    await vault.close();
  }
}

export async function restoreComment(): Promise<void> {
  const made = await Strongroom.open({ name: "acme", factor: passphrase(typed) });
  const [backup, identity, lastSeenHead] = [await made.backup(), await made.identity(), await made.lastSeenHead()];
  await Strongroom.delete("acme");
  // sample: js/src/page/vault/strongroom.ts "expect: { identity"
  assert(vault.name === "acme");
  await vault.close();
}

export async function startValues(): Promise<void> {
  const vault = await Strongroom.open({ name: "acme", factor: passphrase(typed) });
  // sample: docs/start.md "encryptValue"
  assert(value.card === "4111");
  await vault.close();
}

export async function startErrors(): Promise<void> {
  const vault = await Strongroom.open({ name: "acme" });
  let asked = false;
  const askAgain = (): void => void (asked = true);
  await wrong("no");
  assert(asked);
  await vault.close();

  async function wrong(typed: string): Promise<void> {
    // sample: docs/start.md "ERR_WRONG_FACTOR"
  }
}

import { assert, unlocked } from "./world.js";

export async function billOfMaterials(): Promise<void> {
  const vault = await unlocked();
  const key = await vault.keys.create({ alias: crypto.randomUUID() });
  await key.primaryVersion.revoke({ compromised: true });
  const told: string[] = [];
  const warn = (message: string): void => void told.push(message);
  // sample: docs/evidence.md "inventory.cbom"
  assert(told.includes(`${key.alias}, version 1`));
}

export async function billComment(): Promise<void> {
  const vault = await unlocked();
  // sample: js/src/page/cbom/key-inventory.ts "inventory.cbom"
  assert(components.length > 1);
}

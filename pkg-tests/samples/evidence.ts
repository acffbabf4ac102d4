import { assert, put, unlocked } from "./world.js";

export async function signedFiles(): Promise<void> {
  const vault = await unlocked();
  const [url, release] = [`/store/${crypto.randomUUID()}`, new Blob(["a release"])];
  await put(url, release);
  const told: string[] = [];
  const warn = (message: string): void => void told.push(message);
  // sample: docs/evidence.md "signFile(release"
  assert(told.length === 0 && /^sha256:[0-9a-f]{64}$/.test(digest));
  const file = release;
  {
    // sample: js/src/page/vault/vault-values.ts "const signature"
    assert(signature.split(".").length === 3);
  }
  {
    // sample: js/src/page/vault/vault-values.ts "vault.verifyFile(signature"
    assert(state === "active" && told.length === 0);
  }
}

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

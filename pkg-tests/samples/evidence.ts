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

export async function reportForAuditors(): Promise<void> {
  const vault = await unlocked();
  const key = await vault.keys.create({ alias: crypto.randomUUID() });
  const [told, saved]: [string[], Map<string, Blob>] = [[], new Map()];
  const warn = (message: string): void => void told.push(message);
  const save = (blob: Blob, name: string): void => void saved.set(name, blob);
  // sample: docs/report.md "vault.report"
  assert(saved.size === 2 && told.length === (limits.length > 0 ? 1 : 0));
  assert((await saved.get("keys-2026.json")?.text())?.includes(key.alias) === true);
}

export async function reportComment(): Promise<void> {
  const vault = await unlocked();
  const saved: string[] = [];
  const save = (blob: Blob, name: string): void => void saved.push(`${name} ${blob.type}`);
  // sample: js/src/page/vault/vault.ts "vault.report"
  assert(saved.join() === "keys-2026.html text/html");
}

export async function reportPageComment(): Promise<void> {
  const vault = await unlocked();
  const link = document.createElement("a");
  const report = await vault.report();
  // sample: js/src/page/report/vault-report.ts "report.html"
  assert(link.href.startsWith("blob:") && page.size > 0);
}

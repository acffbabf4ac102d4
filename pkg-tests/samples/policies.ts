import { passphrase, PolicyError } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

export async function policies(): Promise<void> {
  const vault = await unlocked();
  const file = new Blob(["a picture"]);
  const told: string[] = [];
  const explain = (rule: string): void => void told.push(rule);
  // sample: docs/policies.md "alias: "tenant-42-photos""
  assert(photos.policy?.reviewEvery === "P1Y" && photos.policyVersion === 1);
  // sample: docs/policies.md "instanceof PolicyError"
  assert(told.join() === "context");
  await asked();
  await rotated();
  await tried();
  await again();
  await viewed();
  await ofVault();
  await (await vault.keys.get("tenant-42-photos")).destroy({ reason: "the end of the sample" });

  async function again(): Promise<void> {
    // sample: docs/policies.md "alias: "payroll""
    // sample: docs/policies.md "vault.authenticate(passphrase(typed))"
    assert(allowed || rule === "freshFactor");
    assert((await vault.can("setPolicy", { key: payroll })).allowed);
    const free = await payroll.setPolicy(null);
    await free.destroy({ force: true });
  }

  async function viewed(): Promise<void> {
    const seen: string[] = [];
    const showGallery = ({ operations }: { operations: readonly string[] }): void => void seen.push(...operations);
    // sample: docs/policies.md "vault.view({"
    assert(seen.join() === "decrypt,decryptValue" && (await gallery.keys.list()).length === 1);
    gallery.close();
  }

  async function ofVault(): Promise<void> {
    // sample: docs/policies.md "await vault.setPolicy({"
    assert(policy?.reviewEvery === "P1Y" && policyVersion !== undefined && reviewDue !== undefined);
    assert(decision.allowed || (decision.rule === "freshFactor" && decision.policy === "vault"));
    await vault.authenticate(passphrase(typed));
    await vault.setPolicy(null);
  }

  async function tried(): Promise<void> {
    const key = await vault.keys.get("tenant-42-photos");
    const show = explain;
    // sample: docs/policies.md "key.tryPolicy("
    assert(entries > 0 && refused.every(({ count }) => count > 0));
    assert(told.some((line) => line.includes("would have refused")));
  }

  async function asked(): Promise<void> {
    // sample: docs/policies.md "the tenant has left"
    assert(allowed && rule === undefined);
  }

  async function rotated(): Promise<void> {
    // sample: docs/policies.md "yearly rotation"
    // sample: docs/policies.md "minimumVersion: 2"
    assert(reviewed.policy?.minimumVersion === 2 && reviewed.policyVersion === 2);
    assert(reviewed.primaryVersion.history[0]?.reason === "yearly rotation");
  }
}

export async function policyComments(): Promise<void> {
  const vault = await unlocked();
  const { alias } = await vault.keys.create({ alias: crypto.randomUUID() });
  const key = await vault.keys.get(alias);
  const told: (string | undefined)[] = [];
  const explain = (rule: string | undefined): void => void told.push(rule);
  // sample: js/src/page/keys/vault-key.ts "key.setPolicy"
  await draft();
  // sample: js/src/page/vault/vault.ts "vault.can("decrypt""
  assert(allowed && told.length === 0);
  await authenticated();
  await governed();
  await viewed();

  async function viewed(): Promise<void> {
    await vault.keys.ensure({ alias: "photos" });
    const context = { path: "/photos/1" };
    const stored = await (await vault.encrypt("a photo", { key: "photos", context })).blob();
    const fetch = async (_path: string): Promise<Response> => new Response(stored);
    // sample: js/src/page/vault/vault.ts "vault.view({"
    assert((await photo.text()) === "a photo");
    await shown();
  }

  async function shown(): Promise<void> {
    const hidden: string[] = [];
    const hidePhotos = (): void => void hidden.push("photos");
    {
      // sample: js/src/page/vault/vault-view.ts "using gallery"
      assert(!gallery.ended && hidden.join() === "");
    }
    assert(hidden.join() === "photos");
  }

  async function governed(): Promise<void> {
    // sample: js/src/page/vault/vault.ts "requireReason: ["revokeFactor""
    assert((await vault.policy()).policy?.requireReason?.length === 2);
    await vault.authenticate(passphrase(typed));
    await vault.setPolicy(null);
  }

  async function draft(): Promise<void> {
    const show = explain;
    // sample: js/src/page/keys/vault-key.ts "key.tryPolicy("
    assert(refused.length === 1 && told.splice(0).length === 1);
  }

  async function authenticated(): Promise<void> {
    const ask = async (): Promise<string> => typed;
    // sample: js/src/page/vault/vault.ts "rule === "freshFactor""
    assert(allowed && rule === undefined);
  }
}

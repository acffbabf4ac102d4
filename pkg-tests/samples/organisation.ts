import { newRecoveryKit, passphrase, signOrganisationPolicy, signOrganisationSuccession, Strongroom } from "strongroom";
import { assert, put, typed, unlocked } from "./world.js";

const notAfter = Date.now() + 365 * 24 * 60 * 60 * 1000;
const publish = async (path: string, policy: string): Promise<void> => put(path, new Blob([policy]));

export async function organisations(): Promise<void> {
  const told: unknown[] = [];
  const report = (error: unknown): void => void told.push(error);
  // sample: docs/organisation.md "name: "Acme","
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const ACME_KEY = { crv, kty, x, y } as { crv: "P-256"; kty: "EC"; x: string; y: string };
  await publish("/strongroom-policy.jws", policy);
  await bound();

  async function bound(): Promise<void> {
    // sample: docs/organisation.md "factors: [passphrase(typed), await newRecoveryKit()]"
    assert(name === "Acme" && sequence === 1 && missingFactors === undefined);
    const organisation = (await vault.organisation())?.organisation ?? "";
    await followed(organisation);
    // What is under way when the vault is closed is told, too.
    assert(told.length === 0);
    await vault.close();
    await reopened();
    await Strongroom.delete("work");

    async function reopened(): Promise<void> {
      // sample: docs/organisation.md "organisation: { url: "/strongroom-policy.jws", key: ACME_KEY }"
      await vault.close();
    }

    async function followed(organisation: string): Promise<void> {
      // sample: docs/organisation.md "signOrganisationSuccession("
      await publish("/strongroom-policy.jws", later);
      // sample: docs/organisation.md "vault.refreshOrganisation("
      const { changed } = await vault.refreshOrganisation({ policy: later });
      const again = await vault.organisation();
      assert(again?.sequence === 2 || changed);
    }
  }
}

export async function organisationComments(): Promise<void> {
  const vault = await unlocked();
  const told: unknown[] = [];
  const report = (error: unknown): void => void told.push(error);
  const copy = await Strongroom.restore(await vault.backup(), { name: crypto.randomUUID() });
  await copy.unlock(passphrase(typed));
  await signed(copy);
  await copy.close();
  await Strongroom.delete(copy.name);

  async function signed(vault: typeof copy): Promise<void> {
    // sample: js/src/page/organisation/sign-policy.ts "requiredFactors: ["recovery"]"
    await publish("/policy.jws", policy);
    const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const ACME_KEY = { crv, kty, x, y } as { crv: "P-256"; kty: "EC"; x: string; y: string };
    // sample: js/src/page/vault/vault.ts "vault.setOrganisation("
    const organisation = (await vault.organisation())?.organisation ?? "";
    await later(organisation);
    // sample: js/src/page/vault/vault.ts "vault.refreshOrganisation("
    await vault.organisation();

    async function later(organisation: string): Promise<void> {
      const next = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
      // sample: js/src/page/organisation/sign-policy.ts "signOrganisationSuccession("
      await publish("/policy.jws", policy);
      assert((await vault.refreshOrganisation({ policy })).changed && told.length === 0);
    }
  }
}

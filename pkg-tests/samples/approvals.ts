import { Strongroom, passphrase, type ApprovalRequest, type KeyPolicy, type Vault } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

/** Somebody else, with a vault of their own. */
async function somebody(): Promise<Vault> {
  return Strongroom.create({ name: crypto.randomUUID(), factors: [passphrase(typed)] });
}

export async function approvals(): Promise<void> {
  const [vault, theirs] = [await unlocked(), await somebody()];
  const sent: string[] = [];
  const send = async (text: string): Promise<void> => void sent.push(text);
  // sample: docs/approvals.md "theirs.keys.create"
  // sample: docs/approvals.md "vault.approvals.request({ operation"
  const text = sent[0] as string;
  const told: string[] = [];
  const show = (line: string): void => void told.push(line);
  // sample: docs/approvals.md "theirs.approvals.read(text)"
  assert(told[0] === `vault ${vault.id}: destroy of the key ${payroll.id} with {"force":false}`, told[0]);
  // sample: docs/approvals.md "payroll.destroy({ reason"
  assert((await vault.approvals.list()).length === 0);
  await comment(vault, theirs);
  await theirs.close();
}

async function comment(vault: Vault, theirs: Vault): Promise<void> {
  const payroll = await vault.keys.create({ alias: "payroll" });
  let text = "";
  const send = async (given: string): Promise<void> => void (text = given);
  await sample();
  assert((await payroll.refresh()).destroyed === true);
  const free: ApprovalRequest = await vault.approvals.request({ operation: "setVaultPolicy", policy: null });
  const approval = await theirs.approvals.approve(free, { key: "my-approvals" });
  await vault.setPolicy(null, { approval });

  async function sample(): Promise<void> {
    // sample: js/src/page/approvals/vault-approvals.ts "vault.approvals.request("
  }
}

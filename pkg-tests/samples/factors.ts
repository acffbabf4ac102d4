import { escrow, escrowKey, newRecoveryKit, passphrase, recoveryKit, recoveryShares, splitRecovery, Strongroom, type RecoveryShares } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

const second = "a second passphrase";
const next = "the next passphrase";

export async function factors(): Promise<void> {
  const vault = await unlocked();
  const { signal } = new AbortController();
  const progress: number[] = [];
  const onProgress = ({ done }: { done: number }): void => void progress.push(done);
  // sample: docs/factors.md "the one I type"
  assert(progress.length > 0);
  const left = await vault.factors.list();
  assert(left.length === 1 && left[0]?.name === "the one I type");
  await vault.factors.replace(left[0].id, passphrase(typed), { factor: passphrase(next) });
}

async function organisationPair() {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const [publicJwk, privateJwk] = await Promise.all([pair.publicKey, pair.privateKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  return { publicJwk: publicJwk!, privateJwk: privateJwk! };
}

export async function escrows(): Promise<void> {
  const [{ publicJwk: ACME_ESCROW, privateJwk }, { publicJwk: OTHER_ESCROW }] = [await organisationPair(), await organisationPair()];
  // sample: docs/factors.md "escrow(ACME_ESCROW)"
  assert((await found.factors.list()).length === 5);
  for (const opened of [vault, found]) {
    await opened.close();
    await Strongroom.delete(opened.name);
  }
}

export async function escrowComments(): Promise<void> {
  const { publicJwk: ACME_ESCROW, privateJwk } = await organisationPair();
  // sample: js/src/page/factors/escrow.ts "escrow(ACME_ESCROW)"
  const [backup, identity] = [await vault.backup(), await vault.identity()];
  await vault.close();
  await Strongroom.delete(vault.name);
  await opened();

  async function opened(): Promise<void> {
    // sample: js/src/page/factors/escrow.ts "vault.unlock(escrowKey(privateJwk), { identity })"
    assert((await vault.factors.list()).length === 4);
    await vault.close();
    await Strongroom.delete(vault.name);
  }
}

export async function compromisedFactors(): Promise<void> {
  const vault = await unlocked();
  const stolen = await vault.factors.add(passphrase(second), { factor: passphrase(typed) });
  const other = await vault.factors.add(passphrase(next), { factor: passphrase(typed) });
  const known = (await vault.factors.list())[2]!;
  const before = await vault.identity();
  await revoked();
  await vault.lock();
  const changed = await vault.unlock(passphrase(next)).catch((error) => error);
  assert(changed.code === "ERR_IDENTITY_CHANGED");
  assert(changed.pinned === before);
  await confirmed(next, changed.identity);
  assert(vault.unlocked);
  await Strongroom.delete("acme");

  async function revoked(): Promise<void> {
    // sample: docs/factors.md "keep: [known.id]"
    assert(remaining.length === 1 && remaining[0]?.id === other.id);
    assert(kit.words.length === 24 && (await vault.factors.list()).length === 3);
    assert(identity === (await vault.identity()));
  }

  async function confirmed(typed: string, identity: string): Promise<void> {
    // sample: docs/factors.md "unlock(passphrase(typed), { identity }"
  }
}

export async function recoveryKits(): Promise<void> {
  const list = document.createElement("p");
  await Strongroom.delete("acme");
  const words = await made();
  await printed(words);
  await lost(words);
  await Strongroom.delete("acme");

  async function made(): Promise<string> {
    // sample: docs/factors.md "[passphrase(typed), kit]"
    await vault.close();
    return list.textContent ?? "";
  }

  async function printed(words: string): Promise<void> {
    const vault = await Strongroom.open({ name: "acme", factor: passphrase(typed) });
    const frame = document.createElement("iframe");
    const notice = document.createElement("p");
    // sample: docs/factors.md "in the drawer"
    assert(frame.srcdoc.includes("in the drawer") && kit.words.every((word) => frame.srcdoc.includes(word)));
    await rehearsed(kit.words.join(" "));
    assert(notice.textContent?.startsWith("These words opened the vault at") === true);
    const [, first, second] = await vault.factors.list();
    assert(first?.rehearsedAt === undefined && second?.rehearsedAt !== undefined);
    await rehearsed(words);
    await vault.close();

    async function rehearsed(typed: string): Promise<void> {
      // sample: docs/factors.md "opened the vault at"
    }
  }

  async function lost(typed: string): Promise<void> {
    const vault = await Strongroom.open({ name: "acme" });
    // sample: docs/factors.md "unlock(typedKit)"
    await vault.lock();
    await vault.unlock(passphrase(next));
    await vault.close();
  }
}

export async function recoveryKitComments(): Promise<void> {
  let shown: readonly string[] = [];
  const show = (words: readonly string[]): void => void (shown = words);
  await Strongroom.delete("acme");
  // sample: js/src/page/factors/recovery-kit.ts "newRecoveryKit()"
  const code = document.createElement("p");
  // sample: js/src/page/factors/recovery-kit.ts "qrCode"
  assert(code.querySelector("svg title")?.textContent === "QR code of the 24 words");
  await vault.lock();
  await vault.unlock(recoveryKit(shown));
  await vault.close();
  await Strongroom.delete("acme");
}

export async function recoverySharesOfAVault(): Promise<void> {
  const vault = await unlocked();
  const list = document.createElement("ol");
  const [hers, his] = await made();
  assert(list.textContent?.includes(hers) === true);
  await vault.lock();
  await lost(hers, his);
  await vault.lock();
  await vault.unlock(passphrase(next));
  await again(next);
  await Strongroom.delete("acme");

  async function made(): Promise<[string, string]> {
    // sample: docs/factors.md "with the family"
    await printed(shares);
    return [shares.mnemonics[0]!, shares.mnemonics[2]!];
  }

  async function printed(shares: RecoveryShares): Promise<void> {
    const printedPages: string[] = [];
    const printFor = async (page: string): Promise<void> => void printedPages.push(page);
    // sample: docs/factors.md "printFor"
    assert(printedPages.length === 3 && printedPages[1]!.includes("2 of 3. It takes 2"));
  }

  async function lost(hers: string, his: string): Promise<void> {
    // sample: docs/factors.md "unlock(typedShares)"
  }

  async function again(typed: string): Promise<void> {
    const old = (await vault.factors.list()).find(({ kind }) => kind === "recovery-shares");
    await replaced(typed, old!);
    await vault.lock();
    const told = await vault.unlock(recoveryShares([hers, his])).catch((error) => error);
    assert(told.code === "ERR_KIT_REPLACED");
  }

  async function replaced(typed: string, old: { id: string }): Promise<void> {
    // sample: docs/factors.md "const again"
    assert(again.mnemonics.length === 3);
  }
}

export async function recoveryShareComments(): Promise<void> {
  const shown: string[] = [];
  const show = (words: string): void => void shown.push(words);
  await Strongroom.delete("acme");
  // sample: js/src/page/factors/recovery-shares.ts "forEach(show)"
  assert(shown.length === 3);
  await vault.lock();
  const [hers, , his] = shown as [string, string, string];
  await opened(hers, his);
  await added();
  await Strongroom.delete("acme");

  async function opened(hers: string, his: string): Promise<void> {
    // sample: js/src/page/factors/recovery-shares.ts "hers, his"
    assert(vault.unlocked);
  }

  async function added(): Promise<void> {
    // sample: js/src/page/factors/vault-factors.ts "with the family"
    assert(hers?.includes("Recovery share 1 of 3") === true && his !== theirs);
  }
}

/** In the place of the library of that name. */
const zxcvbn = (text: string): { score: number } => ({ score: Math.min(4, Math.floor(text.length / 5)) });

export async function passphrases(): Promise<void> {
  await unlocked();
  // sample: docs/factors.md "zxcvbn"
  assert(vault.unlocked);
  await vault.close();
}

export async function unlocks(): Promise<void> {
  const vault = await unlocked();
  await vault.rotateVaultKey();
  await vault.lock();
  // sample: docs/factors.md "generationsBehind"
  assert(factor.kind === "passphrase" && generationsBehind === 1);
  assert(supersededIdentity === undefined && !strengthened);
}

export async function health(): Promise<void> {
  const vault = await unlocked();
  const warnings = document.createElement("ul");
  const warned: string[] = [];
  await listed();
  assert(!warnings.hidden && warnings.textContent?.includes("No backup was ever made") === true);
  await told();
  assert(warned[0]?.includes("Make a backup") === true);

  async function listed(): Promise<void> {
    // sample: docs/health.md "warnings.append"
  }

  async function told(): Promise<void> {
    const warn = (text: string): void => void warned.push(text);
    // sample: js/src/page/vault/vault.ts "vault.health()"
  }
}

export async function failedAttempts(): Promise<void> {
  const vault = await unlocked();
  const notice = document.createElement("p");
  const failed = async (): Promise<string> => vault.unlock(passphrase("wrong")).then(() => "opened", (error) => error.code);
  assert((await failed()) === "ERR_WRONG_FACTOR");
  await told();
  assert(notice.textContent?.startsWith("Failed attempts since the last unlock: 1,") === true);
  const warned: string[] = [];
  assert((await failed()) === "ERR_WRONG_FACTOR");
  await warnedOf();
  assert(warned[0]?.startsWith("Failed attempts: 1,") === true);

  async function told(): Promise<void> {
    // sample: docs/factors.md "failedAttempts"
  }

  async function warnedOf(): Promise<void> {
    const warn = (text: string): void => void warned.push(text);
    // sample: js/src/page/vault/vault.ts "failedAttempts"
  }
}

export async function factorComments(): Promise<void> {
  const vault = await unlocked();
  await added();
  await replaced();
  await estimated();
  await compromised();
  await printed();
  await Strongroom.delete("acme");

  async function printed(): Promise<void> {
    const frame = document.createElement("iframe");
    // sample: js/src/page/factors/vault-factors.ts "printable(kit)"
    assert(frame.srcdoc.includes("Recovery kit"));
    await rehearsed(kit.words.join(" "));
  }

  async function rehearsed(typed: string): Promise<void> {
    // sample: js/src/page/factors/vault-factors.ts "rehearsedAt"
    assert(rehearsedAt !== undefined);
  }

  async function compromised(): Promise<void> {
    const mine = typed;
    const lost = await vault.factors.add(passphrase(second), { factor: passphrase(mine) });
    let kept = "";
    let written: readonly string[] = [];
    const keepElsewhere = async (identity: string): Promise<void> => void (kept = identity);
    const writeDown = async (words: readonly string[]): Promise<void> => void (written = words);
    // sample: js/src/page/factors/vault-factors.ts "keepElsewhere"
    assert(kept === (await vault.identity()) && written.length === 24);
  }

  async function estimated(): Promise<void> {
    // sample: js/src/page/factors/passphrase.ts "zxcvbn"
    const weak = await vault.factors.add(passphrase("easy to get", { estimate: (text) => zxcvbn(text).score }), { factor }).catch((error) => error);
    assert(weak.code === "ERR_WEAK_PASSPHRASE");
  }

  async function added(): Promise<void> {
    const first = typed;
    // sample: js/src/page/factors/vault-factors.ts "passphrase(second)"
    const [, spare] = await vault.factors.list();
    assert(spare?.name === "in the safe");
    await vault.factors.revoke(spare.id, { factor: passphrase(first) });
  }

  async function replaced(): Promise<void> {
    const now = typed;
    // sample: js/src/page/factors/vault-factors.ts "passphrase(next)"
    await vault.factors.replace((await vault.factors.list())[0]!.id, passphrase(now), { factor: passphrase(next) });
  }
}

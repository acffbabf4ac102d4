import { passphrase, Strongroom } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

const second = "a second passphrase";
const next = "the next passphrase";

export async function factors(): Promise<void> {
  const vault = await unlocked();
  const { signal } = new AbortController();
  const progress: number[] = [];
  const onProgress = ({ done }: { done: number }): void => void progress.push(done);
  // sample: docs/factors.md "vault.factors.list()"
  assert(progress.length > 0);
  const left = await vault.factors.list();
  assert(left.length === 1 && left[0]?.name === "the one I type");
  await vault.factors.replace(left[0].id, passphrase(typed), { factor: passphrase(next) });
}

/** In the place of the library of that name. */
const zxcvbn = (text: string): { score: number } => ({ score: Math.min(4, Math.floor(text.length / 5)) });

export async function passphrases(): Promise<void> {
  await unlocked();
  // sample: docs/factors.md "zxcvbn"
  assert(vault.unlocked);
  await vault.close();
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

  async function estimated(): Promise<void> {
    // sample: js/src/page/factors/passphrase.ts "zxcvbn"
    const weak = await vault.factors.add(passphrase("easy to get", { estimate: (text) => zxcvbn(text).score }), { factor }).catch((error) => error);
    assert(weak.code === "ERR_WEAK_PASSPHRASE");
  }

  async function added(): Promise<void> {
    const first = typed;
    // sample: js/src/page/factors/vault-factors.ts "in the safe"
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

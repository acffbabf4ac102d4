import { newRecoveryKit, passkey, PasskeyError, passphrase, recoveryKit, Strongroom } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

/** In the place of an authenticator: these pages are shown in browsers without one. Real ones have tests of their own. */
const secrets = new Map<string, ArrayBuffer>();

function made(id: Uint8Array<ArrayBuffer>, first?: ArrayBuffer): Credential {
  const results = { prf: { enabled: true, ...(first && { results: { first } }) } };
  const credential = { id: "", type: "public-key", rawId: id.buffer, getClientExtensionResults: () => results };
  return credential;
}

const credentials = {
  create: async (): Promise<Credential> => {
    const id = crypto.getRandomValues(new Uint8Array(16));
    secrets.set(id.join(), crypto.getRandomValues(new Uint8Array(32)).buffer);
    return made(id);
  },
  get: async ({ publicKey }: { publicKey: PublicKeyCredentialRequestOptions }): Promise<Credential> => {
    const ids = (publicKey.allowCredentials ?? []).map(({ id }) => new Uint8Array(id as ArrayBuffer));
    const known = ids.find((id) => secrets.has(id.join()));
    if (!known) throw new DOMException("made up", "NotAllowedError");
    return made(known.slice(), secrets.get(known.join())?.slice(0));
  },
};

export async function passkeys(): Promise<void> {
  Object.defineProperty(navigator, "credentials", { value: credentials, configurable: true });
  const vault = await unlocked();
  await documented();
  assert(vault.unlocked);
  await vault.lock();
  secrets.clear();
  let tried = 0;
  const tryAgain = (): void => void tried++;
  const offerAnotherFactor = (reason: string): void => assert(reason === "");
  await explained();
  assert(tried === 1);
  await vault.unlock(passphrase(typed));
  await commented();
  assert(vault.unlocked);
  await Strongroom.delete("acme");

  async function documented(): Promise<void> {
    // sample: docs/factors.md "vault.unlock(passkey());     "
    assert(added.passkey !== undefined);
  }

  async function explained(): Promise<void> {
    // sample: docs/factors.md "offerAnotherFactor"
  }

  async function commented(): Promise<void> {
    // sample: js/src/page/factors/passkey.ts "ada@example.org"
  }
}

export async function twoFactors(): Promise<void> {
  Object.defineProperty(navigator, "credentials", { value: credentials, configurable: true });
  await Strongroom.delete("acme");
  const words = await made();
  await opened();
  const vault = await Strongroom.open({ name: "acme", factor: recoveryKit(words) });
  await vault.factors.require(undefined, { factor: recoveryKit(words) });
  await vault.lock();
  await vault.unlock(passphrase(typed));
  await on();
  await off();
  await vault.lock();
  await vault.unlock(passphrase(typed));
  await Strongroom.delete("acme");

  async function made(): Promise<readonly string[]> {
    // sample: docs/factors.md "requires: ["passphrase", "passkey"],"
    await vault.close();
    return kit.words;
  }

  async function opened(): Promise<void> {
    // sample: docs/factors.md "factor, second"
    assert(factor.kind === "passphrase" && second?.kind === "passkey");
    await vault.lock();
    const refused = await vault.unlock(passphrase(typed)).catch((error) => error);
    assert(refused.code === "ERR_SECOND_FACTOR");
    await vault.close();
  }

  async function on(): Promise<void> {
    // sample: docs/factors.md "factors.required()"
    assert(kinds?.join() === "passphrase,passkey");
  }

  async function off(): Promise<void> {
    // sample: docs/factors.md "require(undefined, {"
    assert((await vault.factors.required()) === undefined);
  }
}

import { Strongroom, StrongroomError, isStrongroomError, passphrase, type VaultLock } from "strongroom";
import { assert, context, get, put, typed as secret, unlocked } from "./world.js";

const typed: string = secret;

export async function callsCancelled(): Promise<void> {
  await unlocked();
  const cancel = document.createElement("button");
  // sample: docs/long-calls.md "AbortController"
  assert(keys.some(({ alias }) => alias === "photos"));
  await vault.close();
}

export async function callsProgress(): Promise<void> {
  const [vault, bar] = [await unlocked(), document.createElement("progress")];
  // sample: docs/long-calls.md "rotateVaultKey"
  assert(bar.value === 1);
}

export async function openComment(): Promise<void> {
  await unlocked();
  // sample: js/src/page/vault/strongroom.ts "openOrCreate"
  assert(vault.unlocked);
  await vault.close();
}

export async function vaultComment(): Promise<void> {
  await unlocked();
  const reasons: (string | undefined)[] = [];
  const showLogin = (reason: VaultLock["reason"]): void => void reasons.push(reason?.code);
  {
    // sample: js/src/page/vault/vault.ts "await using"
    assert(vault.unlocked);
  }
}

export async function eventsComment(): Promise<void> {
  const vault = await unlocked();
  const told: string[] = [];
  const locked = Promise.withResolvers<string>();
  const showLogin = (reason: VaultLock["reason"]): void => locked.resolve(reason.code);
  const reload = (ids: readonly string[] | undefined): void => void told.push(...(ids ?? []));
  // sample: js/src/page/vault/vault-events.ts "showLogin"
  const { id } = await vault.keys.create({ alias: crypto.randomUUID() });
  assert(told.includes(id), "the event tells of no key");
  await vault.lock();
  assert((await locked.promise) === "ERR_LOCKED");
}

export async function ensureComment(): Promise<void> {
  const vault = await unlocked();
  // sample: js/src/page/keys/vault-keys.ts "keys.ensure"
  assert(photos.alias === "photos");
}

export async function canComment(): Promise<void> {
  const vault = await unlocked();
  const version = (await vault.keys.get("photos")).primaryVersion;
  const button = document.createElement("button");
  // sample: js/src/page/keys/vault-key.ts "version.can"
  assert(!button.hidden);
}

export async function valuesComment(): Promise<void> {
  const vault = await unlocked();
  const tokens = [await vault.encryptValue({ card: "4111" }, { key: "photos" }), "none"];
  const shown: unknown[] = [];
  const show = (value: unknown): void => void shown.push(value);
  // sample: js/src/page/vault/vault-values.ts "settle"
  assert(JSON.stringify(shown) === '[{"card":"4111"}]');
}

export async function reportComments(): Promise<void> {
  const vault = await unlocked();
  const photos = await vault.keys.ensure({ alias: "photos" });
  const location = `/store/${crypto.randomUUID()}`;
  const object = await vault.encrypt("a picture", { key: "photos", context: { location }, detached: true });
  await put(location, await object.blob());
  await put(`/headers/${object.id}`, object.header);
  await object.track({ location });
  const { number } = photos.primaryVersion;
  await photos.rotate();
  const report = await photos.version(number).revoke({ compromised: true });
  // sample: docs/keys.md "inGerman"
  assert(choices.join() === "1 Umschläge erneuern,1 Dateien neu verschlüsseln");
  await rewrapped();
  const header = await get(`/headers/${object.id}`);
  const plain = await vault.decrypt(await fetch(location), { context: { location }, header });
  assert(plain.id === object.id && plain.origin === "own");
  await vault.objects.untrack(object.id);

  async function rewrapped(): Promise<void> {
    const download = (id: string): Promise<Uint8Array> => get(`/headers/${id}`);
    const upload = (id: string, header: Uint8Array<ArrayBuffer>): Promise<void> => put(`/headers/${id}`, header);
    // sample: js/src/page/keys/key-reports.ts "fetchHeader"
  }
}

export async function dependentsComment(): Promise<void> {
  const vault = await unlocked();
  const photos = await vault.keys.ensure({ alias: "photos" });
  const stored = `/store/${crypto.randomUUID()}`;
  const old = await vault.encrypt("a picture", { key: "photos", context: { location: stored } });
  await put(stored, await old.blob());
  await old.track({ location: stored });
  const { number } = photos.primaryVersion;
  await photos.rotate();
  const report = await photos.version(number).revoke({ compromised: true });
  const upload = put;
  // sample: js/src/page/keys/key-reports.ts "report.dependents()"
  const plain = await vault.decrypt(await fetch(stored), { context: { location: stored }, tracked: stored });
  assert((await plain.text()) === "a picture" && plain.id !== old.id);
  await vault.objects.untrack(plain.id);
}

export async function rewrapComment(): Promise<void> {
  const vault = await unlocked();
  const object = await vault.encrypt("a picture", { key: "photos", context, detached: true });
  await (await vault.keys.get("photos")).rotate();
  const path = `/headers/${object.id}`;
  const files = [{ path, header: object.header }];
  const upload = async (to: string, header: Uint8Array<ArrayBuffer>, signature?: string): Promise<void> => {
    assert(signature === undefined, "it is for nobody else");
    await put(to, header);
  };
  // sample: js/src/page/vault/vault-objects.ts "vault.rewrap(files)"
  assert((await get(path)).length > 0);
}

export async function errorComments(): Promise<void> {
  const vault = await unlocked();
  await vault.lock();
  let asked = 0;
  const askAgain = (): void => void (asked += 1);
  await wrong("no");
  assert(asked === 2);

  async function wrong(typed: string): Promise<void> {
    // sample: js/src/shared/errors/base.ts "StrongroomError"
    // sample: js/src/shared/errors/wire.ts "isStrongroomError"
  }
}

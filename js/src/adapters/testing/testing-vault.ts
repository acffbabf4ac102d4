/** Vaults for unit tests: in memory, and without the time that a passphrase takes. */
import { passphrase } from "../../page/factors/passphrase.js";
import { Strongroom } from "../../page/vault/strongroom.js";
import type { Vault } from "../../page/vault/vault.js";
import type { Store } from "../../shared/model/vault-store.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { markTestingStore } from "../../shared/testing-stores.js";
import { refuseInProduction } from "./production.js";
import { TestingStore } from "./testing-store.js";

/** What `testingVault` makes. */
export interface TestingVaultOptions {
  /** By default `"test"`. */
  name?: string | undefined;
  /** What opens it. By default `"a test passphrase"`. */
  passphrase?: string | undefined;
  /** Aliases of encryption keys to begin with. */
  keys?: readonly string[] | undefined;
}

const OPTIONS = { name: check.name, passphrase: check.name, keys: check.any } satisfies Checks<TestingVaultOptions>;

/**
 * An empty store in memory, for the option `store` of `create`, `open`, `openOrCreate`, `restore`, `list` and `delete`. The
 * passphrases of vaults in it are stretched with 8 KiB of memory in place of 64 MiB. No other store opens such a vault, and
 * neither does a page that a backup of it is restored in: the passphrase is the wrong one there.
 *
 * @example
 * const store = testingStore();
 * const vault = await Strongroom.create({ name: "acme", factors: [passphrase("a test passphrase")], store });
 *
 * @throws UnsupportedError in production: where `process.env.NODE_ENV` is `"production"`, and where there is none
 */
export function testingStore(): Store {
  refuseInProduction();
  return markTestingStore(new TestingStore());
}

/**
 * A vault in a store of its own, unlocked.
 *
 * @example
 * const vault = await testingVault({ keys: ["photos"] });
 *
 * @throws UnsupportedError in production, as `testingStore`
 */
export async function testingVault(options?: TestingVaultOptions): Promise<Vault> {
  const { name = "test", passphrase: phrase = "a test passphrase", keys = [] } = optionsOf(options, OPTIONS);
  const vault = await Strongroom.create({ name, factors: [passphrase(phrase)], store: testingStore() });
  for (const alias of keys) await vault.keys.create({ alias });
  return vault;
}

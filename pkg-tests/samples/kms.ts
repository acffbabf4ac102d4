import { escrow, escrowKey, kmsGate, newRecoveryKit, passphrase, Strongroom, type KmsUnwrapRequest, type RsaPublicJwk } from "strongroom";
import { awsKms, azureKeyVault, googleKms, type AwsCredentials } from "strongroom/kms";
import { assert, typed } from "./world.js";

const ACME_ARN = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234";
const RSA = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };

async function rsaPair(): Promise<{ pair: CryptoKeyPair; jwk: RsaPublicJwk }> {
  const pair = await crypto.subtle.generateKey(RSA, true, ["encrypt", "decrypt"]);
  const { n, e } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { pair, jwk: { kty: "RSA", n: n!, e: e! } };
}

export async function kmsEscrows(): Promise<void> {
  const { jwk: ACME_ESCROW } = await rsaPair();
  const signIn = async (): Promise<AwsCredentials> => ({ accessKeyId: "A", secretAccessKey: "s", sessionToken: "t" });
  // sample: docs/kms/index.md "awsKms({ key: ACME_ARN"
  const [, held] = await vault.factors.list();
  assert(held?.key?.kid === ACME_ARN);
  await own();
  await vault.close();
  await Strongroom.delete(vault.name);

  async function own(): Promise<void> {
    const { pair, jwk: SERVICE_KEY } = await rsaPair();
    const askService = async (name: string, encrypted: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> => {
      assert(name === "escrow-1" && !signal.aborted);
      return new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", pair.privateKey, encrypted));
    };
    // sample: docs/kms/index.md "const adapter: KmsAdapter"
    assert(vault.unlocked);
  }
}

/** A service that has one key. */
async function ownService() {
  const { pair, jwk } = await rsaPair();
  return {
    publicKey: async () => ({ ...jwk, kid: "gate-1" }),
    unwrap: async ({ algorithm, ...asked }: KmsUnwrapRequest) => {
      assert(algorithm === "RSA-OAEP-256" && "encryptedKey" in asked);
      return new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", pair.privateKey, asked.encryptedKey));
    },
  };
}

export async function kmsGates(): Promise<void> {
  const kms = await ownService();
  // sample: docs/factors.md "kmsGate(gate), await newRecoveryKit()"
  assert(String(await vault.factors.required()) === "kms,passphrase");
  await vault.close();
  await Strongroom.delete(vault.name);
}

export async function kmsGateComment(): Promise<void> {
  const kms = await ownService();
  // sample: js/src/page/factors/kms-gate.ts "kmsGate(kms)"
  assert(vault.unlocked);
  await vault.close();
  await Strongroom.delete(vault.name);
}

export async function kmsRotation(): Promise<void> {
  const [old, { jwk }] = [await ownService(), await rsaPair()];
  const [NEXT_THUMBPRINT, kid] = ["A".repeat(43), "gate-2"];
  const kms = { ...old, refresh: async ({ alias, thumbprint }: { alias: string; thumbprint: string }) => (assert(alias === "alias/escrow" && thumbprint === NEXT_THUMBPRINT), { ...jwk, kid }) };
  const factors = [passphrase(typed), await newRecoveryKit(), escrow(await kms.publicKey())] as const;
  const vault = await Strongroom.create({ name: "rotated", factors: [...factors] });
  // sample: docs/kms/index.md "kms.refresh({ alias"
  assert(waiting.length === 0);
  assert((await vault.factors.list()).at(-1)?.key?.kid === kid);
  await vault.close();
  await Strongroom.delete(vault.name);
}

export async function kmsDependents(): Promise<void> {
  const { jwk: oldKey } = await rsaPair();
  const told: string[] = [];
  const warn = (words: string): void => void told.push(words);
  const factors = [passphrase(typed), await newRecoveryKit(), escrow({ ...oldKey, kid: ACME_ARN })] as const;
  const vault = await Strongroom.create({ name: "dependent", factors: [...factors] });
  // sample: js/src/page/factors/vault-factors.ts "factors.dependents("
  assert(told.join() === "escrow  still needs the old key");
  await vault.close();
  await Strongroom.delete(vault.name);
}

export async function kmsComments(): Promise<void> {
  const signIn = async (): Promise<string> => "token";
  await azure();
  await google();
  await aws(async () => ({ accessKeyId: "A", secretAccessKey: "s" }));

  async function aws(signIn: () => Promise<AwsCredentials>): Promise<void> {
    // sample: js/src/adapters/kms/aws-kms.ts "awsKms({"
    assert(kms.keyIds[0] === ACME_ARN);
  }
  async function azure(): Promise<void> {
    const ACME_KEY = "https://acme.vault.azure.net/keys/escrow/0123456789abcdef0123456789abcdef";
    // sample: js/src/adapters/kms/azure-key-vault.ts "azureKeyVault({"
    assert(kms.keyIds?.[0] === ACME_KEY);
  }
  async function google(): Promise<void> {
    const ACME_VERSION = "projects/acme/locations/europe-west3/keyRings/r/cryptoKeys/escrow/cryptoKeyVersions/1";
    // sample: js/src/adapters/kms/google-kms.ts "googleKms({"
    assert(kms.keyIds?.[0] === ACME_VERSION);
  }
}

/** What an organisation does to have a policy: sign it, and its next key. No vault and no wasm is needed. */
import { ArgumentError } from "../../shared/errors/index.js";
import { toBase64Url } from "../../shared/bytes.js";
import { jwkThumbprint } from "../../shared/jwk-thumbprint.js";
import type { PublicJwk, RsaPublicJwk } from "../../shared/model/jwk.js";
import type { OrganisationRules } from "../../shared/model/organisation.js";
import { check, membersOf, optionsOf, type Checks } from "../../shared/options.js";
import { plainCopy } from "../../shared/text.js";
import {
  argon2CostOf,
  collectorOf,
  cryptoperiodOf,
  organisationNameOf,
  organisationRulesOf,
  requiredFactorsOf,
  successionsOf,
} from "./policy-bounds.js";

/** The key that signs: a P-256 pair for ECDSA, or a private JWK. */
export type OrganisationKey = CryptoKeyPair | (JsonWebKey & { readonly d: string });

/** What is signed. */
export interface OrganisationPolicyOptions extends OrganisationRules {
  /** Higher than that of every policy that was signed before: from 1 on. */
  sequence: number;
  /** No vault is created with it after that, in milliseconds since 1970; where it binds one by then, it stays in force. */
  notAfter: number;
  /** The thumbprint of the organisation's first key, where another one signs. */
  organisation?: string | undefined;
  /** From the organisation's first key to the one that signs: what `signOrganisationSuccession` gave, in its order. */
  successions?: readonly string[] | undefined;
}

/** Which key comes after which. */
export interface OrganisationSuccessionOptions {
  /** The public key that is to sign from then on. */
  to: JsonWebKey | CryptoKey;
  /** Of the first policy that it signs. */
  sequence: number;
  /** The thumbprint of the organisation's first key, where the key that signs is a later one. */
  organisation?: string | undefined;
}

/** The most bytes of a document. */
const MOST_OF_DOCUMENT = 64 * 1024;
const SIGNED_POLICY = {
  name: check.name,
  sequence: check.number,
  notAfter: check.number,
  organisation: check.name,
  successions: check.any,
  rules: check.any,
  requiredFactors: check.any,
  maximumCryptoperiod: check.name,
  minimumArgon2: argon2CostOf,
  collector: check.name,
  escrow: check.any,
} satisfies Checks<OrganisationPolicyOptions>;
const NEXT = { to: check.any, sequence: check.number, organisation: check.name } satisfies Checks<OrganisationSuccessionOptions>;

/**
 * Signs an organisation's policy: the compact JWS for `Strongroom.create({ organisation })`, `vault.setOrganisation` and the URL that vaults
 * refresh it from. It works in browsers and in Node, and needs no vault. What no vault takes is not signed; operations in `rules` are not held
 * against those that a release knows.
 *
 * @example
 * const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
 * const policy = await signOrganisationPolicy({ sequence: 1, notAfter, requiredFactors: ["recovery"] }, pair);
 *
 * @throws ArgumentError
 */
export async function signOrganisationPolicy(policy: OrganisationPolicyOptions, key: OrganisationKey): Promise<string> {
  const { sequence, notAfter, organisation, name, successions, rules, requiredFactors, maximumCryptoperiod, minimumArgon2, collector, escrow } = optionsOf(
    policy,
    SIGNED_POLICY,
  );
  const signer = await signerOf(key);
  if ((successions === undefined) !== (organisation === undefined)) {
    throw new ArgumentError("organisation and successions go together: of a key that is not the organisation's first");
  }
  const of = organisation ?? signer.thumbprint;
  const number = numberOf(sequence, "sequence", 1);
  const ends = { organisation: of, signer: signer.thumbprint, sequence: number };
  const token = await signed("sr-policy+jws", signer, {
    organisation: of,
    sequence: number,
    notAfter: numberOf(notAfter, "notAfter", 0),
    name: bounded(name, organisationNameOf),
    successions: bounded(successions, (list) => successionsOf(list, ends)),
    rules: bounded(rules, organisationRulesOf),
    requiredFactors: bounded(requiredFactors, requiredFactorsOf),
    maximumCryptoperiod: bounded(maximumCryptoperiod, cryptoperiodOf),
    minimumArgon2,
    collector: bounded(collector, collectorOf),
    escrow: escrow === undefined ? undefined : await escrowJwk(escrow, [signer.thumbprint, organisation]),
  });
  if (token.length > MOST_OF_DOCUMENT) throw new ArgumentError("an organisation's policy must be of 64 KiB at most");
  return token;
}

/**
 * Has a key of the organisation name the next one, which then signs the policies. The organisation keeps all of these texts: each policy
 * has them as `successions`.
 *
 * @example
 * const succession = await signOrganisationSuccession({ to: next.publicKey, sequence: 8 }, pair);
 * const policy = await signOrganisationPolicy({ sequence: 8, notAfter, organisation, successions: [succession] }, next);
 *
 * @throws ArgumentError
 */
export async function signOrganisationSuccession(next: OrganisationSuccessionOptions, key: OrganisationKey): Promise<string> {
  const { to, sequence, organisation } = optionsOf(next, NEXT);
  const signer = await signerOf(key);
  return signed("sr-identity+jws", signer, {
    organisation: organisation ?? signer.thumbprint,
    from: signer.thumbprint,
    to: await thumbprintOf(await publicJwk(to)),
    sequence: numberOf(sequence, "sequence", 1),
  });
}

interface PolicySigner {
  readonly key: CryptoKey;
  readonly jwk: { kty: string; crv: string; x: string; y: string };
  readonly thumbprint: string;
}

const ECDSA_P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const jsonBytes = (value: object): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));

async function signerOf(given: OrganisationKey): Promise<PolicySigner> {
  if (isKeyPair(given)) {
    const jwk = await publicJwk(given.publicKey);
    return { key: given.privateKey, jwk, thumbprint: await thumbprintOf(jwk) };
  }
  const { kty, crv, x, y, d } = Object.fromEntries(membersOf(given, "the key")) as JsonWebKey;
  if (typeof d !== "string") throw new ArgumentError("the key must be a pair, or a JWK with its private half");
  const jwk = await publicJwk({ kty, crv, x, y } as JsonWebKey);
  const key = await crypto.subtle.importKey("jwk", { ...jwk, d }, ECDSA_P256, false, ["sign"]).catch(notAKey);
  return { key, jwk, thumbprint: await thumbprintOf(jwk) };
}

function isKeyPair(given: OrganisationKey): given is CryptoKeyPair {
  return typeof given === "object" && given !== null && "privateKey" in given && "publicKey" in given;
}

/** The four members of a public key on P-256, without any other that it has. */
async function publicJwk(given: JsonWebKey | CryptoKey): Promise<PolicySigner["jwk"]> {
  if (typeof given !== "object" || given === null) throw new ArgumentError("a public key is needed: a JWK or a CryptoKey");
  const imported = "algorithm" in given ? (given as CryptoKey) : undefined;
  if (imported?.type === "private" || "d" in given) throw new ArgumentError("a public key is needed");
  const { kty, crv, x, y } = imported ? await crypto.subtle.exportKey("jwk", imported) : (given as JsonWebKey);
  const jwk = { kty, crv, x, y } as PolicySigner["jwk"];
  await crypto.subtle.importKey("jwk", jwk, ECDSA_P256, true, ["verify"]).catch(notAKey);
  return jwk;
}

function notAKey(cause: unknown): never {
  throw new ArgumentError("the key must be one on P-256, for ECDSA; of an escrow, one on P-256 or of RSA", { cause });
}

/** A key that opens vaults signs no policies: who gets the one has not the other. */
async function escrowJwk(given: PublicJwk | RsaPublicJwk, signers: readonly (string | undefined)[]): Promise<object> {
  const { kty, n, e, d, use = "enc", key_ops: operations = [] } = given as JsonWebKey;
  if (kty === "RSA") {
    const uses = operations.every((operation) => operation !== "sign" && operation !== "verify");
    if (d !== undefined || use !== "enc" || !uses) throw new ArgumentError("escrow must be a public key of its own, for RSA-OAEP-256");
    const rsa = { e, kty, n } as JsonWebKey;
    await crypto.subtle.importKey("jwk", rsa, { name: "RSA-OAEP", hash: "SHA-256" }, true, ["encrypt"]).catch(notAKey);
    return rsa;
  }
  const jwk = await publicJwk(given);
  const signs = use !== "enc" || operations.includes("sign") || operations.includes("verify") || signers.includes(await thumbprintOf(jwk));
  if (signs) throw new ArgumentError("escrow must be a key of its own, for ECDH-ES, and none that signs");
  return jwk;
}

async function thumbprintOf(jwk: PolicySigner["jwk"]): Promise<string> {
  return (await jwkThumbprint(jwk))!;
}

/** RFC 7515 §5.1. */
async function signed(typ: string, { key, jwk }: PolicySigner, payload: object): Promise<string> {
  const header = toBase64Url(jsonBytes({ alg: "ES256", typ, jwk }));
  const input = `${header}.${toBase64Url(jsonBytes(plainCopy(payload)))}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, new TextEncoder().encode(input));
  return `${input}.${toBase64Url(new Uint8Array(signature))}`;
}

function bounded<T, Checked>(value: T | undefined, checked: (value: T) => Checked): Checked | undefined {
  return value === undefined ? undefined : checked(value);
}

function numberOf(value: number | undefined, name: string, least: number): number {
  if (value === undefined || !Number.isSafeInteger(value) || value < least) throw new ArgumentError(`${name} must be a whole number from ${least} on`);
  return value;
}

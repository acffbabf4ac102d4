/** An organisation's policy, as callers give it. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { OrganisationPin, OrganisationSource } from "../../shared/model/organisation.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, optionsOf, REASON, type Checks } from "../../shared/options.js";
import { jwkJson } from "../keys/jwk-json.js";
import { fetchedPolicy, policyUrl } from "./fetched-policy.js";

/** Which policy is to bind the vault. */
export interface SetOrganisationOptions extends OrganisationPin, ReasonOptions {}

/** Where a later policy of the vault's organisation comes from: one of both. */
export interface RefreshOrganisationOptions extends AbortOptions, ReasonOptions {
  /** Fetched without credentials. It ends after ten seconds, after 64 KiB, and where it is redirected. */
  url?: string | URL | undefined;
  /** The signed document. */
  policy?: string | undefined;
}

const PIN = { policy: check.name, key: check.any } satisfies Checks<OrganisationPin>;
const SOURCE = { ...PIN, url: check.any } satisfies Checks<OrganisationSource>;
const SET = { ...PIN, ...REASON } satisfies Checks<SetOrganisationOptions>;
const REFRESH = { ...ABORT, ...REASON, url: check.any, policy: check.name } satisfies Checks<RefreshOrganisationOptions>;

/** The document, and a key as text: its thumbprint, or its JWK. @internal */
export interface GivenOrganisation {
  policy: string;
  key: string;
}

/** Where a vault's policy comes from, and a key as text: one of both at least. @internal */
export interface GivenSource {
  policy?: string | undefined;
  url?: string | undefined;
  key: string;
}

/** @throws ArgumentError @internal */
export function organisationSourceOf(given: OrganisationSource | undefined): GivenSource | undefined {
  if (given === undefined) return undefined;
  const { policy, url, key } = optionsOf(given, SOURCE, "organisation");
  if (policy === undefined && url === undefined) throw new ArgumentError("organisation.policy or organisation.url is needed");
  return { policy: policy?.trim(), url: url === undefined ? undefined : policyUrl(url), key: organisationKeyOf(key) };
}

/** The policy that a new vault is bound by: one is fetched where none is given. @throws ArgumentError; TransferError; TooLargeError; AbortedError @internal */
export async function firstPolicy(source: GivenSource | undefined, signal: AbortSignal | undefined): Promise<GivenOrganisation | undefined> {
  if (!source) return undefined;
  const { policy, url = "", key } = source;
  return { policy: policy ?? (await fetchedPolicy(url, signal)), key };
}

/** @throws ArgumentError @internal */
export function setOrganisationOf(given: SetOrganisationOptions): GivenOrganisation & ReasonOptions {
  const { reason, ...pin } = optionsOf(given, SET);
  return { ...pinOf(pin), reason };
}

/** @throws ArgumentError @internal */
export function refreshOf(given: RefreshOrganisationOptions): RefreshOrganisationOptions {
  const checked = optionsOf(given, REFRESH);
  if ((checked.url === undefined) === (checked.policy === undefined)) throw new ArgumentError("give a url or a policy");
  return { ...checked, policy: checked.policy?.trim() };
}

function pinOf({ policy, key }: Partial<OrganisationPin>): GivenOrganisation {
  if (policy === undefined) throw new ArgumentError("organisation.policy is needed: the signed document");
  return { policy: policy.trim(), key: organisationKeyOf(key) };
}

function organisationKeyOf(key: OrganisationPin["key"] | undefined): string {
  if (key === undefined) throw new ArgumentError("organisation.key is needed: a public key of the organisation, or its thumbprint");
  return jwkJson(key, "organisation.key");
}

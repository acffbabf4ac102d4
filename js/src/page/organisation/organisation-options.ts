/** An organisation's policy, as callers give it. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { OrganisationPin } from "../../shared/model/organisation.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, optionsOf, REASON, type Checks } from "../../shared/options.js";
import { jwkJson } from "../keys/jwk-json.js";

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
const SET = { ...PIN, ...REASON } satisfies Checks<SetOrganisationOptions>;
const REFRESH = { ...ABORT, ...REASON, url: check.any, policy: check.name } satisfies Checks<RefreshOrganisationOptions>;

/** The document, and a key as text: its thumbprint, or its JWK. @internal */
export interface GivenOrganisation {
  policy: string;
  key: string;
}

/** @throws ArgumentError @internal */
export function organisationOf(given: OrganisationPin): GivenOrganisation {
  return pinOf(optionsOf(given, PIN, "organisation"));
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
  if (key === undefined) throw new ArgumentError("organisation.key is needed: a public key of the organisation, or its thumbprint");
  return { policy: policy.trim(), key: jwkJson(key, "organisation.key") };
}

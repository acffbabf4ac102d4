/** Versions of keys, as CycloneDX describes them. */
import type { KeyInfo, KeyVersion, VersionState } from "../../shared/model/key-info.js";
import { algorithmRef, KEY_BITS, KINDS, WRAPPING, type AlgorithmName } from "./cbom-algorithms.js";

/** What of the user's own words is written. */
export interface CbomTerms {
  readonly names: boolean;
  readonly labels: boolean;
}

/** CycloneDX has the states of NIST SP 800-57 part 1 §7. What is to be destroyed does nothing any more. */
const STATES: Readonly<Record<VersionState, string>> = {
  "pre-active": "pre-activation",
  active: "active",
  suspended: "suspended",
  deactivated: "deactivated",
  compromised: "compromised",
  "destroy-scheduled": "deactivated",
  destroyed: "destroyed",
};

/** A component for each version. None holds any of a key's material. @internal */
export function versionComponents(key: KeyInfo, terms: CbomTerms): object[] {
  return key.versions.map((version) => versionComponent(key, version, terms));
}

/** The algorithms that a key's components refer to. @internal */
export function algorithmsOf(key: KeyInfo): AlgorithmName[] {
  return [KINDS[key.purpose].algorithm, ...(key.destroyed ? [] : [WRAPPING])];
}

function versionComponent(key: KeyInfo, version: KeyVersion, terms: CbomTerms): object {
  const algorithm = algorithmRef(KINDS[key.purpose].algorithm);
  const securedBy = { mechanism: "Software", algorithmRef: algorithmRef(WRAPPING) };
  return {
    type: "cryptographic-asset",
    // The `kid` of what it protects.
    "bom-ref": `${key.id}.${version.id}`,
    name: terms.names ? key.alias : key.id,
    version: String(version.number),
    cryptoProperties: {
      assetType: "related-crypto-material",
      relatedCryptoMaterialProperties: {
        type: typeOf(key, version),
        id: `${key.id}.${version.id}`,
        state: stateOf(version),
        size: KEY_BITS,
        // CycloneDX 1.7 has relatedCryptographicAssets in its place, which readers of 1.6 do not know.
        algorithmRef: algorithm,
        relatedCryptographicAssets: [{ type: "algorithm", ref: algorithm }],
        ...datesOf(key, version),
        ...(version.state !== "destroyed" && { securedBy }),
      },
    },
    properties: propertiesOf(key, version, terms),
  };
}

/** A pair that was imported may be its public half alone, which nothing of what is told of it says. */
function typeOf({ purpose }: KeyInfo, version: KeyVersion): string {
  const { type } = KINDS[purpose];
  return type === "private-key" && isImported(version) ? "key" : type;
}

function isImported({ history }: KeyVersion): boolean {
  return history[0]?.by === "import";
}

/** That others may have it counts until it is destroyed, also while its destruction is scheduled. */
function stateOf({ state, compromised }: KeyVersion): string {
  return compromised && state !== "destroyed" ? STATES.compromised : STATES[state];
}

function datesOf(key: KeyInfo, version: KeyVersion): object {
  const activated = version.history.find(({ state }) => state === "active");
  return {
    creationDate: dateTime(version.created),
    activationDate: dateTime(activated?.at),
    updateDate: dateTime(version.history.at(-1)?.at),
    expirationDate: dateTime(expires(key, version)),
  };
}

/** The first time that is known from which on the version does no more, or less: by a rotation, a policy, its destruction. */
function expires(key: KeyInfo, { id, state, destroyAt }: KeyVersion): number | undefined {
  if (state === "destroyed") return undefined;
  const rotated = id === key.primary && state === "active" ? key.due : undefined;
  const policies = [key.policy, ...(key.conflictingPolicies ?? [])];
  const times = [destroyAt, rotated, ...policies.map((policy) => policy?.notAfter)];
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The last millisecond that RFC 3339 can write: its years have four digits. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** RFC 3339, of a time that it can write. */
function dateTime(at: number | undefined): string | undefined {
  return at !== undefined && at <= LAST ? new Date(at).toISOString() : undefined;
}

const flag = (set: boolean | undefined): string | undefined => (set === true ? "true" : undefined);

/** What CycloneDX has no member for. */
function propertiesOf(key: KeyInfo, version: KeyVersion, { labels }: CbomTerms): object[] {
  const known: Record<string, string | undefined> = {
    key: key.id,
    purpose: key.purpose,
    primary: flag(version.id === key.primary),
    imported: flag(isImported(version)),
    unproven: flag(version.unproven),
    compromisedAt: dateTime(version.compromisedAt),
    destroyAt: dateTime(version.destroyAt),
  };
  const own = labels ? Object.entries(key.labels).map(([name, value]) => [`label:${name}`, value] as const) : [];
  return [...Object.entries(known), ...own]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name: `strongroom:${name}`, value }));
}

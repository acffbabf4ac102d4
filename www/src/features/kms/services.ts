/** Key management services, by how they name their keys. */

const SERVICES = [
  ["AWS KMS", /^arn:aws[a-z-]*:kms:/],
  ["Azure Key Vault", /^https:\/\/[^/]+\/keys\/[^/]+\/[0-9a-f]{32}$/i],
  ["Google Cloud KMS", /^projects\/.+\/cryptoKeyVersions\/\d+$/],
] as const;

/** Which service has a key of this name; `undefined` where the name does not tell. */
export const serviceOf = (kid: string | undefined) => SERVICES.find(([, pattern]) => kid !== undefined && pattern.test(kid))?.[0];

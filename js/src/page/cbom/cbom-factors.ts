/** Keys elsewhere that a vault depends on, as CycloneDX describes them: those of escrows, and of gates. */
import type { FactorInfo } from "../../shared/model/factor-info.js";
import type { CbomTerms } from "./cbom-keys.js";

/** A component where the factor's key is elsewhere. What the vault knows of it is its thumbprint, and what it was called. @internal */
export function factorComponents({ id, kind, key }: FactorInfo, { names }: CbomTerms): object[] {
  if (!key) return [];
  const { thumbprint, kid } = key;
  const known: Record<string, string | undefined> = { factor: id, opens: kind === "kms" ? "beside another factor" : "alone", kid: names ? kid : undefined };
  const properties = Object.entries(known).filter(([, value]) => value !== undefined);
  return [
    {
      type: "cryptographic-asset",
      "bom-ref": `factor/${id}`,
      name: (names && kid) || thumbprint,
      cryptoProperties: { assetType: "related-crypto-material", relatedCryptoMaterialProperties: { type: "public-key", id: thumbprint } },
      properties: properties.map(([name, value]) => ({ name: `strongroom:${name}`, value })),
    },
  ];
}

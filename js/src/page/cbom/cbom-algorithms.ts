/** Algorithms of a vault's keys, as CycloneDX describes them. */
import type { Purpose } from "../../shared/model/key-info.js";

/** What the keys of a purpose are, and the algorithm that they are for. */
export interface KeyKind {
  readonly type: "secret-key" | "private-key" | "public-key";
  readonly algorithm: AlgorithmName;
}

/** By the naming patterns of CycloneDX's registry of algorithms (`cryptography-defs.json`). */
export type AlgorithmName = "AES-256-KW" | "ECDH-P-256" | "ECDSA-P-256-SHA-256" | "HMAC-SHA-256";

/** Bits of a key: all are AES-256 and HMAC keys of 32 bytes, or on P-256. @internal */
export const KEY_BITS = 256;

/** @internal */
export const KINDS: Readonly<Record<Purpose, KeyKind>> = {
  encrypt: { type: "secret-key", algorithm: "AES-256-KW" },
  share: { type: "private-key", algorithm: "ECDH-P-256" },
  sign: { type: "private-key", algorithm: "ECDSA-P-256-SHA-256" },
  mac: { type: "secret-key", algorithm: "HMAC-SHA-256" },
  verify: { type: "public-key", algorithm: "ECDSA-P-256-SHA-256" },
};

/** Wraps what the vault stores of a key. @internal */
export const WRAPPING: AlgorithmName = "AES-256-KW";

/** What CycloneDX says of an algorithm. */
interface AlgorithmFacts {
  readonly oid: string;
  readonly algorithmProperties: Readonly<Record<string, unknown>> & {
    readonly classicalSecurityLevel: number;
    readonly nistQuantumSecurityLevel: number;
  };
}

const CURVE_P256 = { parameterSetIdentifier: "P-256", ellipticCurve: "nist/P-256", classicalSecurityLevel: 128 };

/**
 * `classicalSecurityLevel` is NIST SP 800-57 part 1 revision 5, tables 2 and 3. `nistQuantumSecurityLevel` is the category of
 * NIST's evaluation criteria: 5 is as hard as a search for an AES-256 key, 0 is none, as Shor's algorithm solves elliptic curves.
 */
const ALGORITHM_FACTS: Readonly<Record<AlgorithmName, AlgorithmFacts>> = {
  "AES-256-KW": {
    oid: "2.16.840.1.101.3.4.1.45",
    algorithmProperties: {
      primitive: "key-wrap",
      algorithmFamily: "AES",
      parameterSetIdentifier: "256",
      cryptoFunctions: ["keygen", "encrypt", "decrypt"],
      classicalSecurityLevel: 256,
      nistQuantumSecurityLevel: 5,
    },
  },
  "ECDH-P-256": {
    oid: "1.3.132.1.12",
    algorithmProperties: {
      primitive: "key-agree",
      algorithmFamily: "ECDH",
      ...CURVE_P256,
      cryptoFunctions: ["keygen", "keyderive"],
      nistQuantumSecurityLevel: 0,
    },
  },
  "ECDSA-P-256-SHA-256": {
    oid: "1.2.840.10045.4.3.2",
    algorithmProperties: {
      primitive: "signature",
      algorithmFamily: "ECDSA",
      ...CURVE_P256,
      cryptoFunctions: ["keygen", "sign", "verify"],
      nistQuantumSecurityLevel: 0,
    },
  },
  "HMAC-SHA-256": {
    oid: "1.2.840.113549.2.9",
    algorithmProperties: {
      primitive: "mac",
      algorithmFamily: "HMAC",
      parameterSetIdentifier: "256",
      cryptoFunctions: ["keygen", "tag", "verify"],
      classicalSecurityLevel: 256,
      nistQuantumSecurityLevel: 5,
    },
  },
};

/** The name by which other components refer to an algorithm. @internal */
export function algorithmRef(name: AlgorithmName): string {
  return `algorithm/${name}`;
}

/** Bits of a key, and how strong the algorithm is: in bits against computers, in NIST's category against quantum computers. @internal */
export function strengthsOf(name: AlgorithmName): { bits: number; classical: number; quantum: number } {
  const { classicalSecurityLevel: classical, nistQuantumSecurityLevel: quantum } = ALGORITHM_FACTS[name].algorithmProperties;
  return { bits: KEY_BITS, classical, quantum };
}

/** @internal */
export function algorithmComponent(name: AlgorithmName): object {
  const cryptoProperties = { assetType: "algorithm", ...ALGORITHM_FACTS[name] };
  return { type: "cryptographic-asset", "bom-ref": algorithmRef(name), name, cryptoProperties };
}

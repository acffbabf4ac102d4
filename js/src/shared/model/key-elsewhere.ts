/** A key that is elsewhere, as it is looked for. */
import type { PublicJwk, RsaPublicJwk } from "./jwk.js";
import type { KmsAdapter } from "./kms-adapter.js";

/** A key by its thumbprint (SHA-256 of RFC 7638, 43 characters of base64url), as a public JWK of RSA or on P-256, or as an adapter asks for it; not by its name. */
export type KeyElsewhere = string | PublicJwk | RsaPublicJwk | JsonWebKey | KmsAdapter;

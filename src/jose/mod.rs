//! JOSE: JWK, JWE, JWS and one file per recipient algorithm. Synchronous and pure.

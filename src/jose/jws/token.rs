//! Tokens of named keys: signed for a caller, under a `typ` of the caller's.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, Kid},
    jose::{Error, Result},
    jose::{
        Jwk,
        jwk::{Material, Use},
    },
};

use super::compact::{Header, MAX_BYTES, Parts, Signer, TOO_LARGE, Verifier, compact};

/// The `alg` of a token.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "JWS alg other than ES256 and HS256")]
enum Alg {
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "HS256")]
    Hs256,
}

impl Alg {
    /// RFC 7518 §3.2 and §3.4.
    fn signature_bytes(self) -> usize {
        match self {
            Self::Es256 => 64,
            Self::Hs256 => 32,
        }
    }
}

/// The header of what a named key signs: exactly these.
#[derive(Serialize, Deserialize)]
struct NamedHeader {
    alg: Alg,
    kid: Kid,
    typ: Option<String>,
}

impl Header for NamedHeader {
    fn signature_bytes(&self) -> Option<usize> {
        Some(self.alg.signature_bytes())
    }
}

/// The longest `typ` of a caller: media types have at most 255 characters (RFC 6838 §4.2).
const MAX_TYP: usize = 256;
/// How the `typ` of every statement of a vault's own begins.
const RESERVED: &[u8] = b"sr-";

/// Signs a payload with a named key: a pair by `ES256`, a secret that says it is for that by `HS256`. The header holds
/// exactly `alg`, `kid` and the `typ`, if there is one.
///
/// # Errors
/// [`Error::Argument`] for a `typ` that begins with `sr-`, which a vault's own statements have, or is
/// longer than 256 bytes, and for a public key; [`Error::Unsupported`] for a key that is meant for another use, and a
/// secret that does not say that it is for `HS256`; [`Error::TooLarge`] when the token would exceed 1 MiB; what the
/// entropy source reports; [`Error::Miscalculated`].
pub fn sign_named(
    kid: &Kid,
    typ: Option<&str>,
    payload: &[u8],
    key: &Jwk,
    entropy: &dyn Entropy,
) -> Result<String> {
    if !typ.is_none_or(free) {
        return Err(Error::Argument(
            "typ (at most 256 bytes, not beginning with sr-)",
        ));
    }
    sign_as(kid, typ, payload, key, entropy)
}

/// As [`sign_named`], under any `typ`.
pub(super) fn sign_as(
    kid: &Kid,
    typ: Option<&str>,
    payload: &[u8],
    key: &Jwk,
    entropy: &dyn Entropy,
) -> Result<String> {
    // Looked at first, so that nothing that large is encoded: base64url takes four bytes for three.
    if payload.len() > MAX_BYTES / 4 * 3 {
        return Err(TOO_LARGE.into());
    }
    let (alg, signer) = match key.material() {
        Material::Private(scalar) => {
            key.check_use(Use::Sign)?;
            (Alg::Es256, Signer::Pair(scalar))
        }
        Material::Oct(secret) => {
            key.check_mac()?;
            (Alg::Hs256, Signer::Secret(secret))
        }
        Material::Public(_) => return Err(Error::Argument("a key that signs is needed")),
    };
    let header = NamedHeader {
        alg,
        kid: kid.clone(),
        typ: typ.map(str::to_owned),
    };
    let token = compact(&header, payload, signer, entropy)?;
    if token.len() > MAX_BYTES {
        return Err(TOO_LARGE.into());
    }
    Ok(token)
}

/// Whether a caller may use this `typ`. Media types do not tell cases apart, and `application/` may be
/// left out of them (RFC 7515 §4.1.9): no reader of one of ours shall take a caller's for it.
pub(super) fn free(typ: &str) -> bool {
    let begins = |text: &[u8], with: &[u8]| {
        text.get(..with.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(with))
    };
    let (mut name, whole) = (typ.as_bytes(), b"application/");
    if begins(name, whole) {
        name = &name[whole.len()..];
    }
    typ.len() <= MAX_TYP && !begins(name, RESERVED)
}

/// A JWS by a named key that was read and not yet verified: its payload is out of reach.
pub struct Named {
    parts: Parts,
    alg: Alg,
    kid: Kid,
    typ: Option<String>,
}

impl Named {
    /// Reads a JWS whose header holds exactly `alg`, `kid` and perhaps a `typ`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 1 MiB; [`Error::Malformed`]; [`Error::Unsupported`] for another
    /// `alg`, and for a `typ` that [`sign_named`] refuses.
    pub fn parse(token: &str) -> Result<Self> {
        let named = Self::read(token)?;
        if named.typ().is_some_and(|typ| !free(typ)) {
            return Err(Error::Unsupported("a JWS of another typ"));
        }
        Ok(named)
    }

    /// As [`parse`](Self::parse), of any `typ`.
    pub(super) fn read(token: &str) -> Result<Self> {
        let (parts, header): (_, NamedHeader) = Parts::parse(token)?;
        let NamedHeader { alg, kid, typ } = header;
        Ok(Self {
            parts,
            alg,
            kid,
            typ,
        })
    }

    /// Which key says to have signed: to look it up by, and worth nothing more.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// The `typ`, as little proven as the `kid` until the token is verified.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The payload, if this key signed it, of which a pair's public half is enough. The key, never the token, says by
    /// which algorithm.
    ///
    /// # Errors
    /// [`Error::Decrypt`], also when the key says that its name is another, and when the token's algorithm is not the
    /// key's; [`Error::Unsupported`] when it says that it is meant for another use, and for a secret that does not say
    /// that it is for `HS256`.
    pub fn verify(&self, key: &Jwk) -> Result<&[u8]> {
        let named = key.named().is_none_or(|kid| kid == self.kid);
        if let Some(secret) = key.secret() {
            key.check_mac()?;
            let ours = named && self.alg == Alg::Hs256;
            return self.parts.verify(Verifier::Secret(secret), ours);
        }
        key.check_use(Use::Sign)?;
        let point = key.point().ok_or(Error::Decrypt)?;
        let ours = named && self.alg == Alg::Es256;
        self.parts.verify(Verifier::Public(&point), ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<NamedHeader>(r#"{"alg":"ES256","kid":"k"}"#, &[]);
        is_strict::<NamedHeader>(r#"{"alg":"ES256","kid":"k","typ":"x"}"#, &[]);
    }
}

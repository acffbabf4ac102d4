//! Tokens of named keys: signed for a caller, under a `typ` of the caller's.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, Kid},
    jose::{Error, Result},
    jose::{Jwk, jwk::Use},
};

use super::{
    SigningKey,
    compact::{Alg, MAX_BYTES, Parts, TOO_LARGE, compact},
};

/// The header of what a named key signs: exactly these.
#[derive(Serialize, Deserialize)]
struct NamedHeader {
    alg: Alg,
    kid: Kid,
    typ: Option<String>,
}

/// The longest `typ` of a caller: media types have at most 255 characters (RFC 6838 §4.2).
const MAX_TYP: usize = 256;
/// How the `typ` of every statement of a vault's own begins.
const RESERVED: &[u8] = b"sr-";

/// Signs a payload with a named key. The header holds exactly `alg`, `kid` and the `typ`, if there is
/// one.
///
/// # Errors
/// [`Error::Argument`] for a `typ` that begins with `sr-`, which a vault's own statements have, or is
/// longer than 256 bytes; [`Error::TooLarge`] when the token would exceed 1 MiB; what the entropy source
/// reports; [`Error::Miscalculated`].
pub fn sign_named(
    kid: &Kid,
    typ: Option<&str>,
    payload: &[u8],
    key: &SigningKey,
    entropy: &dyn Entropy,
) -> Result<String> {
    if !typ.is_none_or(free) {
        return Err(Error::Argument(
            "typ (at most 256 bytes, not beginning with sr-)",
        ));
    }
    // Looked at first, so that nothing that large is encoded: base64url takes four bytes for three.
    if payload.len() > MAX_BYTES / 4 * 3 {
        return Err(TOO_LARGE.into());
    }
    let header = NamedHeader {
        alg: Alg::Es256,
        kid: kid.clone(),
        typ: typ.map(str::to_owned),
    };
    let token = compact(&header, payload, key, entropy)?;
    if token.len() > MAX_BYTES {
        return Err(TOO_LARGE.into());
    }
    Ok(token)
}

/// Whether a caller may use this `typ`. Media types do not tell cases apart, and `application/` may be
/// left out of them (RFC 7515 §4.1.9): no reader of one of ours shall take a caller's for it.
fn free(typ: &str) -> bool {
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
        let (parts, header): (_, NamedHeader) = Parts::parse(token)?;
        let NamedHeader { kid, typ, .. } = header;
        if typ.as_deref().is_some_and(|typ| !free(typ)) {
            return Err(Error::Unsupported("a JWS of another typ"));
        }
        Ok(Self { parts, kid, typ })
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

    /// The payload, if this key signed it, of which a pair's public half is enough.
    ///
    /// # Errors
    /// [`Error::Decrypt`], also when the key says that its name is another; [`Error::Argument`] for a
    /// symmetric key; [`Error::Unsupported`] when it says that it is meant for another use.
    pub fn verify(&self, public: &Jwk) -> Result<&[u8]> {
        public.check_use(Use::Sign)?;
        let point = public
            .point()
            .ok_or(Error::Argument("a P-256 key is needed"))?;
        let named = public.named().is_none_or(|kid| kid == self.kid);
        self.parts.verify(&point, named)
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

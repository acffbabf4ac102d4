//! Protected headers, and what a context becomes in them.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{
    base::{Context, InputError, Object, Thumbprint, base64},
    hazmat::hash::sha256,
    jose::{Error, Result},
};

use super::{content::Enc, envelope::Content};

/// The names a protected header may hold. A recipient's own header holds none of them
/// (RFC 7516 §4: names are disjoint).
pub(crate) const PROTECTED_NAMES: [&str; 4] = ["enc", "cty", "jkt", "ctx"];

/// Names that no header of ours ever holds. `crit` and `zip` would have to be protected (RFC 7516
/// §4.1.3, §4.1.13), and `apu` and `apv` are empty in every agreement of ours.
pub(crate) const REFUSED_NAMES: [&str; 4] = ["crit", "zip", "apu", "apv"];

/// An envelope's protected header: exactly `enc`, `cty`, and what its content asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Protected {
    #[serde(rename = "cty")]
    pub(crate) content: Content,
    pub(crate) enc: Enc,
    #[serde(default)]
    pub(crate) ctx: Ctx,
    /// The thumbprint of the key inside; records of JSON have none.
    pub(crate) jkt: Option<Thumbprint>,
}

impl Protected {
    pub(crate) fn encode(&self) -> String {
        base64::encode(Object::encode(self).text().as_bytes())
    }

    pub(crate) fn decode(text: &str) -> Result<Self> {
        const MALFORMED: InputError = InputError::Malformed("JWE protected header");
        let members = Object::parse(&base64::decode(text, MALFORMED)?, MALFORMED)?;
        let header: Self = members.decode(MALFORMED)?;
        let fits = match header.content {
            Content::Jwk | Content::Nested => header.jkt.is_some(),
            Content::Record => header.jkt.is_none() && header.ctx == Ctx::default(),
        };
        Ok(fits.then_some(header).ok_or(MALFORMED)?)
    }
}

/// The `ctx` member: base64url of the SHA-256 of a context's canonical JSON; absent without one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Ctx(Option<String>);

impl TryFrom<String> for Ctx {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        base64::decode_array::<32>(&text, InputError::Malformed("JWE ctx"))?;
        Ok(Self(Some(text)))
    }
}

impl Ctx {
    pub(crate) fn of(context: &Context) -> Self {
        Self((!context.is_empty()).then(|| base64::encode(&sha256(&[context.canonical()]))))
    }

    /// Whether this is the context's, compared in constant time.
    pub(crate) fn check(&self, context: &Context) -> Result<()> {
        let text = |ctx: &Self| ctx.0.clone().unwrap_or_default();
        let same = text(self)
            .as_bytes()
            .ct_eq(text(&Self::of(context)).as_bytes());
        if same.into() {
            Ok(())
        } else {
            Err(Error::Context)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Protected>(r#"{"cty":"json","enc":"A256GCM"}"#, &[]);
        let hash = "A".repeat(43);
        let text = format!(r#"{{"cty":"jwk+json","enc":"A256GCM","ctx":"{hash}","jkt":"{hash}"}}"#);
        is_strict::<Protected>(&text, &[]);
    }
}

//! Protected headers, and what a context becomes in them.

use subtle::ConstantTimeEq;

use crate::{
    hazmat::hash::sha256,
    vocabulary::{Context, Error, Object, Result, Thumbprint, base64},
};

use super::{
    content::{ENC, take_enc},
    envelope::Content,
};

/// The names a protected header may hold. A recipient's own header holds none of them
/// (RFC 7516 §4: names are disjoint).
pub(crate) const PROTECTED_NAMES: [&str; 4] = ["enc", "cty", "jkt", "ctx"];

/// Names that no header of ours ever holds. `crit` and `zip` would have to be protected (RFC 7516
/// §4.1.3, §4.1.13), and `apu` and `apv` are empty in every agreement of ours.
pub(crate) const REFUSED_NAMES: [&str; 4] = ["crit", "zip", "apu", "apv"];

/// An envelope's protected header: exactly `enc`, `cty`, and what its content asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Protected {
    pub(crate) content: Content,
    /// The thumbprint of the key inside; records of JSON have none.
    pub(crate) jkt: Option<Thumbprint>,
    pub(crate) ctx: Ctx,
}

impl Protected {
    pub(crate) fn encode(&self) -> String {
        let header = Object::new()
            .with("cty", self.content.cty())
            .with("enc", ENC);
        let header = self.ctx.add_to(header);
        let header = self
            .jkt
            .iter()
            .fold(header, |header, jkt| header.with("jkt", jkt.as_str()));
        base64::encode(header.text().as_bytes())
    }

    pub(crate) fn decode(text: &str) -> Result<Self> {
        const MALFORMED: Error = Error::Malformed("JWE protected header");
        let mut members = Object::parse(&base64::decode(text, MALFORMED)?, MALFORMED)?;
        take_enc(&mut members)?;
        let content = Content::of_cty(&members.string("cty", Error::Malformed("JWE cty"))?)?;
        let jkt = members.optional_string("jkt", Error::Malformed("JWE jkt"))?;
        let jkt = jkt.map(|jkt| jkt.parse()).transpose()?;
        let ctx = Ctx::take(&mut members)?;
        members.end(MALFORMED)?;
        let fits = match content {
            Content::Jwk | Content::Nested => jkt.is_some(),
            Content::Record => jkt.is_none() && ctx == Ctx::default(),
        };
        if fits {
            Ok(Self { content, jkt, ctx })
        } else {
            Err(MALFORMED)
        }
    }
}

/// The `ctx` member: base64url of the SHA-256 of a context's canonical JSON; absent without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ctx(Option<String>);

impl Ctx {
    pub(crate) fn of(context: &Context) -> Self {
        Self((!context.is_empty()).then(|| base64::encode(&sha256(&[context.canonical()]))))
    }

    /// The header with this as its `ctx`, if there is one.
    pub(crate) fn add_to(&self, header: Object) -> Object {
        self.0
            .iter()
            .fold(header, |header, ctx| header.with("ctx", ctx.as_str()))
    }

    pub(crate) fn take(members: &mut Object) -> Result<Self> {
        let ctx = members.optional_string("ctx", Error::Malformed("JWE ctx"))?;
        ctx.iter().try_for_each(|ctx| {
            base64::decode_array::<32>(ctx, Error::Malformed("JWE ctx")).map(drop)
        })?;
        Ok(Self(ctx))
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

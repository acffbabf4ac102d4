//! Values: a small JSON text as one compact JWE (RFC 7516 §7.1) under a KEK.
//!
//! A value has neither `jkt` nor `cty: "jwk+json"`, and only compact form: it can never be taken for
//! an envelope.

use zeroize::Zeroizing;

use crate::{
    hazmat::aes_kw,
    vocabulary::{Context, Entropy, Error, Kid, Object, Result, base64, dotted},
};

use super::{
    Kek,
    content::{Ciphertext, ENC, take_enc},
    header::Ctx,
};

/// The `alg` of every value.
const ALG: &str = "A256KW";
/// The most characters a value may have: larger things are objects.
const MAX_BYTES: usize = 1024 * 1024;

/// Encrypts a JSON text under a KEK and a context.
///
/// # Errors
/// [`Error::TooLarge`] when the token would exceed 1 MiB.
pub fn seal_value(
    kek: &Kek,
    json: &[u8],
    context: &Context,
    entropy: &dyn Entropy,
) -> Result<String> {
    let ctx = Ctx::of(context);
    let header = Object::new()
        .with("alg", ALG)
        .with("enc", ENC)
        .with("kid", kek.kid().as_str());
    let protected = base64::encode(ctx.add_to(header).text().as_bytes());
    let (ciphertext, cek) = Ciphertext::seal(json, protected.as_bytes(), entropy)?;
    let token = dotted::join(&[
        &protected,
        &base64::encode(&kek.wrap_cek(&cek)),
        &base64::encode(&ciphertext.iv),
        &base64::encode(&ciphertext.text),
        &base64::encode(&ciphertext.tag),
    ]);
    if token.len() > MAX_BYTES {
        Err(&Error::TooLarge("value (1 MiB); encrypt it as an object"))
    } else {
        Ok(token)
    }
}

/// A value that was read and not yet opened.
#[derive(Debug)]
pub struct Value {
    protected: String,
    ctx: Ctx,
    kid: Kid,
    key: [u8; aes_kw::WRAPPED],
    ciphertext: Ciphertext,
}

impl Value {
    /// Reads a token.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Malformed`]; [`Error::Unsupported`] for another `alg` or `enc`.
    pub fn parse(token: &str) -> Result<Self> {
        if token.len() > MAX_BYTES {
            return Err(&Error::TooLarge("value (1 MiB)"));
        }
        const PARTS: &Error = &Error::Malformed("value (five parts)");
        let [protected, key, iv, text, tag] = dotted::split(token).ok_or(PARTS)?;
        const HEADER: &Error = &Error::Malformed("value header");
        let mut members = Object::parse(&base64::decode(protected, HEADER)?, HEADER)?;
        if members.string("alg", &Error::Malformed("value alg"))? != ALG {
            return Err(&Error::Unsupported("value alg other than A256KW"));
        }
        take_enc(&mut members)?;
        let kid = Kid::new(members.string("kid", &Error::Malformed("value kid"))?)?;
        let ctx = Ctx::take(&mut members)?;
        members.end(HEADER)?;
        let key = base64::decode_array(key, &Error::Malformed("value encrypted key"))?;
        let ciphertext = Ciphertext::decode(iv, text, tag)?;
        Ok(Self {
            protected: protected.to_owned(),
            ctx,
            kid,
            key,
            ciphertext,
        })
    }

    /// The key it is encrypted under.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// The JSON text inside.
    ///
    /// # Errors
    /// [`Error::Context`] under another context, [`Error::Decrypt`].
    pub fn open(&self, kek: &Kek, context: &Context) -> Result<Zeroizing<Vec<u8>>> {
        self.ctx.check(context)?;
        if kek.kid() != self.kid() {
            return Err(&Error::Decrypt);
        }
        self.ciphertext
            .open(&kek.unwrap_cek(&self.key)?, self.protected.as_bytes())
    }
}

//! Values: a small JSON text as one compact JWE (RFC 7516 §7.1) under a KEK.
//!
//! A value has neither `jkt` nor `cty: "jwk+json"`, and only compact form: it can never be taken for
//! an envelope.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    base::{Context, Entropy, InputError, Kid, Object, base64, dotted},
    hazmat::aes_kw,
    jose::{
        Cek, Kek,
        recipient::{ReadyCek, a256kw},
    },
    jose::{Error, Result},
};

use super::{
    content::{Ciphertext, Enc},
    header::Ctx,
};

/// The `alg` of every value.
#[derive(Serialize, Deserialize)]
#[serde(rename = "value alg other than A256KW")]
enum Alg {
    #[serde(rename = "A256KW")]
    A256Kw,
}

/// A value's header: exactly these.
#[derive(Serialize, Deserialize)]
struct Header {
    alg: Alg,
    enc: Enc,
    kid: Kid,
    #[serde(default)]
    ctx: Ctx,
}

/// The most characters a value may have: larger things are objects.
const MAX_BYTES: usize = 1024 * 1024;

/// Of the token, which is a third longer than its JSON.
const TOO_LONG: &str = "value (1 MiB of token, about 767 KiB of JSON); encrypt it as an object";

/// Encrypts a JSON text under a KEK and a context.
///
/// # Errors
/// [`Error::TooLarge`] when the token would exceed 1 MiB.
pub fn encrypt_value(
    kek: &Kek,
    json: &[u8],
    context: &Context,
    entropy: &dyn Entropy,
) -> Result<String> {
    let tokens = encrypt_values(kek, &[(json, context)], entropy)?;
    Ok(tokens.concat())
}

/// Encrypts JSON texts under a KEK, each under its context: many take less time together. Each token is opened again
/// before it is given out.
///
/// # Errors
/// As [`encrypt_value`], of any; [`Error::Miscalculated`].
pub fn encrypt_values(
    kek: &Kek,
    values: &[(&[u8], &Context)],
    entropy: &dyn Entropy,
) -> Result<Vec<String>> {
    let (mut sealed, mut keys) = (Vec::new(), Vec::new());
    let mut last: Option<(&Context, Rc<str>)> = None;
    let ready = kek.ready_ceks(values.len(), entropy)?;
    for ((json, context), ReadyCek { cek, wrapped }) in values.iter().zip(ready) {
        // Often all have one.
        let header = match last {
            Some((known, header)) if core::ptr::eq(known, *context) => header,
            _ => header_under(kek, context).into(),
        };
        let (ciphertext, cek) = Ciphertext::seal(json, header.as_bytes(), cek, entropy)?;
        sealed.push((header.clone(), ciphertext));
        keys.push((cek, wrapped));
        last = Some((context, header));
    }
    let mut tokens = Vec::new();
    for ((header, ciphertext), (_, wrapped)) in sealed.iter().zip(&keys) {
        let token = dotted::join(&[
            header,
            &base64::encode(wrapped),
            &base64::encode(&ciphertext.iv),
            &base64::encode(&ciphertext.text),
            &base64::encode(&ciphertext.tag),
        ]);
        if token.len() > MAX_BYTES {
            return Err(Error::TooLarge(TOO_LONG));
        }
        tokens.push(token);
    }
    if opens_to(&tokens, &keys, values) {
        Ok(tokens)
    } else {
        Err(Error::Miscalculated("a value"))
    }
}

/// Whether what was written opens again to what was to be written: by its CEK, in the form that was seen to unwrap to it. It
/// always does, where memory and processor do what they should.
fn opens_to(
    tokens: &[String],
    keys: &[(Cek, a256kw::Wrapped)],
    values: &[(&[u8], &Context)],
) -> bool {
    let opens = |token: &str, (cek, wrapped): &(Cek, a256kw::Wrapped), json: &[u8]| {
        let [protected, key, iv, text, tag] = dotted::split(token).ok_or(PARTS)?;
        if base64::decode_array(key, PARTS)? != *wrapped {
            return Err(Error::Decrypt);
        }
        let again = Ciphertext::decode(iv, text, tag)?.open(cek, protected.as_bytes())?;
        Ok::<_, Error>(bool::from(again.ct_eq(json)))
    };
    let all = tokens.iter().zip(keys).zip(values);
    let count = tokens.len() == values.len() && keys.len() == values.len();
    count
        && all
            .into_iter()
            .all(|((token, key), (json, _))| opens(token, key, json) == Ok(true))
}

const PARTS: InputError = InputError::Malformed("value (five parts)");

fn header_under(kek: &Kek, context: &Context) -> String {
    let header = Header {
        alg: Alg::A256Kw,
        enc: Enc::A256Gcm,
        kid: kek.kid().clone(),
        ctx: Ctx::of(context),
    };
    base64::encode(Object::encode(&header).text().as_bytes())
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
            return Err(Error::TooLarge("value (1 MiB)"));
        }
        let [protected, key, iv, text, tag] = dotted::split(token).ok_or(PARTS)?;
        const HEADER: InputError = InputError::Malformed("value header");
        let members = Object::parse(&base64::decode(protected, HEADER)?, HEADER)?;
        // Without an `alg` it is no JWE at all, whatever `enc` it asks for.
        if members.get("alg").is_none() {
            return Err(HEADER.into());
        }
        let header: Header = members.decode(HEADER)?;
        let key = base64::decode_array(key, InputError::Malformed("value encrypted key"))?;
        let ciphertext = Ciphertext::decode(iv, text, tag)?;
        Ok(Self {
            protected: protected.to_owned(),
            ctx: header.ctx,
            kid: header.kid,
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
        let mut texts = Self::open_all(&[(self, context)], kek)?;
        texts.pop().ok_or(Error::Decrypt)
    }

    /// The JSON texts in values that are all under one KEK: many take less time together.
    ///
    /// # Errors
    /// As [`open`](Self::open), of any.
    pub fn open_all(values: &[(&Self, &Context)], kek: &Kek) -> Result<Vec<Zeroizing<Vec<u8>>>> {
        let mut wrapped = Vec::new();
        for (value, context) in values {
            value.ctx.check(context)?;
            if kek.kid() != value.kid() {
                return Err(Error::Decrypt);
            }
            wrapped.push(value.key);
        }
        let mut texts = Vec::new();
        for ((value, _), cek) in values.iter().zip(kek.unwrap_ceks(&wrapped)?) {
            texts.push(value.ciphertext.open(&cek, value.protected.as_bytes())?);
        }
        Ok(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Secret, SystemEntropy, json::strict::is_strict};

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Header>(r#"{"alg":"A256KW","enc":"A256GCM","kid":"k"}"#, &[]);
        let hash = "A".repeat(43);
        let text = format!(r#"{{"alg":"A256KW","enc":"A256GCM","kid":"k","ctx":"{hash}"}}"#);
        is_strict::<Header>(&text, &[]);
    }

    fn key_of(token: &str, kek: &Kek) -> (Cek, a256kw::Wrapped) {
        let [_, wrapped, _, _, _] = dotted::split(token).expect("five parts");
        let wrapped = base64::decode_array(wrapped, PARTS).expect("a wrapped key");
        (kek.unwrap_cek(&wrapped).expect("its own"), wrapped)
    }

    #[test]
    fn what_opens_to_another_text_is_not_given_out() {
        let key = Secret::generate(&SystemEntropy).expect("entropy");
        let kek = Kek::new(Kid::new("a").expect("a kid"), key);
        let none = Context::none();
        let texts: [&[u8]; 3] = [b"1", b"22", b"333"];
        let values = texts.map(|text| (text, &none));
        let tokens = encrypt_values(&kek, &values, &SystemEntropy).expect("three values");
        let mut keys: Vec<_> = tokens.iter().map(|token| key_of(token, &kek)).collect();
        assert!(opens_to(&tokens, &keys, &values));
        assert!(!opens_to(&tokens[..2], &keys, &values));
        assert!(!opens_to(&tokens, &keys[..2], &values));
        for at in 0..3 {
            let mut others = values;
            others[at].0 = b"22 ";
            assert!(!opens_to(&tokens, &keys, &others));
            let mut flipped = tokens.clone();
            let last = flipped[at].pop().expect("a tag");
            flipped[at].push(if last == 'A' { 'Q' } else { 'A' });
            assert!(!opens_to(&flipped, &keys, &values));
        }
        keys[1].1 = keys[0].1;
        assert!(!opens_to(&tokens, &keys, &values));
    }
}

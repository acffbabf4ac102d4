//! Envelopes: JWE in JSON serialization (RFC 7516 §7.2), read strictly.

use std::rc::Rc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::vocabulary::{Context, Error, Json, Kid, Object, Result, Thumbprint, base64, dotted};

use super::{Cek, Entry, Jwk, content::Ciphertext, header::Protected};

/// What an envelope holds, by its protected `cty`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A JWK (`jwk+json`, RFC 7517 §7): an Encrypted JWK.
    Jwk,
    /// A vault's own JSON record (`json`).
    Record,
    /// Another envelope (`jose+json`): recipients of both are needed.
    Nested,
}

impl Content {
    pub(crate) fn cty(self) -> &'static str {
        match self {
            Self::Jwk => "jwk+json",
            Self::Record => "json",
            Self::Nested => "jose+json",
        }
    }

    pub(crate) fn of_cty(cty: &str) -> Result<Self> {
        let all = [Self::Jwk, Self::Record, Self::Nested];
        all.into_iter()
            .find(|content| content.cty() == cty)
            .ok_or(Error::Unsupported("JWE cty"))
    }
}

/// A JWE with any number of recipients, and the bytes it was read from or written as. It never changes, so
/// its clones are one.
#[derive(Debug, Clone)]
pub struct Envelope(Rc<Parts>);

#[derive(Debug)]
struct Parts {
    bytes: Vec<u8>,
    protected: Protected,
    aad: Option<Vec<u8>>,
    /// What the content is bound to: the protected header as it was written, and the `aad`.
    bound: Vec<u8>,
    entries: Vec<Entry>,
    ciphertext: Ciphertext,
}

impl Envelope {
    /// The largest envelope, in bytes.
    pub const MAX_BYTES: usize = 1024 * 1024;
    /// The most recipients.
    pub const MAX_RECIPIENTS: usize = 1000;

    /// Reads the general or the flattened form.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond the limits, [`Error::Malformed`] for everything that DESIGN's rules
    /// of an envelope refuse, [`Error::Unsupported`] for another `enc` or `cty`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(Error::TooLarge("envelope (1 MiB)"));
        }
        let mut members = Object::parse(bytes, Error::Malformed("JWE"))?;
        let protected_text =
            members.string("protected", Error::Malformed("JWE protected header"))?;
        let protected = Protected::decode(&protected_text)?;
        let entries = take_entries(&mut members)?;
        let aad_text = members.optional_string("aad", Error::Malformed("JWE aad"))?;
        let aad = aad_text
            .as_deref()
            .map(|aad| base64::decode(aad, Error::Malformed("JWE aad")))
            .transpose()?;
        let ciphertext = Ciphertext::take(&mut members)?;
        // `unprotected`, and whatever else a header might be smuggled in by.
        members.end(Error::Malformed("JWE members"))?;
        let bound = bound(&protected_text, aad_text.as_deref());
        Ok(Self(Rc::new(Parts {
            bytes: bytes.to_vec(),
            protected,
            aad,
            bound,
            entries,
            ciphertext,
        })))
    }

    /// The envelope as it was read or written: what is stored, sent and hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The same as text, which JSON is.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn text(&self) -> Result<String> {
        let text = core::str::from_utf8(self.bytes());
        text.map(str::to_owned)
            .map_err(|_| Error::Malformed("an envelope that is no text"))
    }

    /// What kind of content it says to hold.
    #[must_use]
    pub fn content(&self) -> Content {
        self.0.protected.content
    }

    /// The thumbprint of the key inside, which opening checks.
    #[must_use]
    pub fn jkt(&self) -> Option<&Thumbprint> {
        self.0.protected.jkt.as_ref()
    }

    /// The JWE `aad` member: a record's address.
    #[must_use]
    pub fn aad(&self) -> Option<&[u8]> {
        self.0.aad.as_deref()
    }

    /// The recipients, those of unknown algorithms included.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.entries.iter()
    }

    /// The entry for a `kid`, which is there at most once.
    #[must_use]
    pub fn find(&self, kid: &Kid) -> Option<&Entry> {
        self.0.entries.iter().find(|entry| entry.kid() == kid)
    }

    /// Whether there is exactly one recipient, of whatever algorithm.
    #[must_use]
    pub fn has_sole_recipient(&self) -> bool {
        self.0.entries.len() == 1
    }

    /// Whether it was made under this context.
    ///
    /// # Errors
    /// [`Error::Context`].
    pub fn check_context(&self, context: &Context) -> Result<()> {
        self.0.protected.ctx.check(context)
    }

    /// The key inside, if it is the one the protected header commits to.
    ///
    /// # Errors
    /// [`Error::Decrypt`]; [`Error::Malformed`] when the content is no JWK.
    pub fn open_with(&self, cek: &Cek) -> Result<Jwk> {
        self.key_in(&self.open(cek, Content::Jwk)?)
    }

    /// The key that these bytes from inside are, if it is the one committed to.
    pub(super) fn key_in(&self, plain: &[u8]) -> Result<Jwk> {
        let jwk = Jwk::parse(plain)?;
        self.commits_to(&jwk.thumbprint()).map(|()| jwk)
    }

    /// The JSON record inside.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn open_record_with(&self, cek: &Cek) -> Result<Zeroizing<Vec<u8>>> {
        self.open(cek, Content::Record)
    }

    /// The envelope inside, which must hold a key, and the same key.
    ///
    /// # Errors
    /// [`Error::Decrypt`]; [`Error::Malformed`] for a third level.
    pub fn open_nested_with(&self, cek: &Cek) -> Result<Self> {
        let inner = Self::parse(&self.open(cek, Content::Nested)?)?;
        match inner.jkt() {
            Some(jkt) if inner.content() == Content::Jwk => self.commits_to(jkt).map(|()| inner),
            _ => Err(Error::Malformed("an envelope nested too deep")),
        }
    }

    /// The header that its content is bound to.
    pub(super) fn protected(&self) -> &Protected {
        &self.0.protected
    }

    /// The bytes inside, as they were written.
    pub(super) fn open(&self, cek: &Cek, content: Content) -> Result<Zeroizing<Vec<u8>>> {
        if self.content() != content {
            return Err(Error::Malformed("an envelope with another kind of content"));
        }
        self.0.ciphertext.open(cek, &self.0.bound)
    }

    fn commits_to(&self, jkt: &Thumbprint) -> Result<()> {
        let committed = self.jkt().map(Thumbprint::as_str).unwrap_or_default();
        if committed.as_bytes().ct_eq(jkt.as_str().as_bytes()).into() {
            Ok(())
        } else {
            Err(Error::Decrypt)
        }
    }
}

/// RFC 7516 §5.1 step 14: ASCII(protected), and with an `aad` a period and its base64url.
pub(crate) fn bound(protected: &str, aad: Option<&str>) -> Vec<u8> {
    match aad {
        None => protected.as_bytes().to_vec(),
        Some(aad) => dotted::join(&[protected, aad]).into_bytes(),
    }
}

/// The general form's `recipients`, or the flattened form's `header` and `encrypted_key`.
fn take_entries(members: &mut Object) -> Result<Vec<Entry>> {
    let entries = match members.remove("recipients") {
        None => vec![Entry::take(members)?],
        Some(Json::Array(items)) if items.len() > Envelope::MAX_RECIPIENTS => {
            return Err(Error::TooLarge("recipients (1000)"));
        }
        Some(Json::Array(items)) if !items.is_empty() => {
            let mut entries = Vec::new();
            for item in items {
                entries.push(general_entry(item)?);
            }
            entries
        }
        Some(_) => return Err(Error::Malformed("JWE recipients")),
    };
    different_kids(&entries)?;
    Ok(entries)
}

fn general_entry(item: Json) -> Result<Entry> {
    let Json::Object(mut members) = item else {
        return Err(Error::Malformed("JWE recipients"));
    };
    let entry = Entry::take(&mut members)?;
    members.end(Error::Malformed("JWE recipients"))?;
    Ok(entry)
}

/// Recipients are found by `kid`, so no two may share one.
pub(crate) fn different_kids(entries: &[Entry]) -> Result<()> {
    let repeated =
        |(at, entry): (usize, &Entry)| entries[..at].iter().any(|other| other.kid() == entry.kid());
    if entries.iter().enumerate().any(repeated) {
        return Err(Error::Malformed("two recipients of one kid"));
    }
    Ok(())
}

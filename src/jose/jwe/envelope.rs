//! Envelopes: JWE in JSON serialization (RFC 7516 §7.2), read strictly.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    base::{Context, InputError, Kid, Object, Thumbprint, base64, dotted},
    jose::{Cek, Jwk, RecipientEntry, recipient::EntryMembers},
    jose::{Error, Result},
};

use super::{content::Ciphertext, header::Protected};

/// What an envelope holds, by its protected `cty`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "JWE cty")]
pub enum Content {
    /// A JWK (RFC 7517 §7): an Encrypted JWK.
    #[serde(rename = "jwk+json")]
    Jwk,
    /// A vault's own JSON record.
    #[serde(rename = "json")]
    Record,
    /// Another envelope: recipients of both are needed.
    #[serde(rename = "jose+json")]
    Nested,
}

/// A JWE with any number of recipients, and the bytes it was read from or written as. It never changes, so
/// its clones are one.
#[derive(Debug, Clone)]
pub struct Envelope(Rc<Parts>);

/// The members of both forms, as they are read and the general one is written. `unprotected`, and whatever
/// else a header might be smuggled in by, is not among them.
#[derive(Serialize, Deserialize)]
pub(crate) struct Members {
    pub(super) protected: String,
    pub(super) recipients: Option<Vec<EntryMembers>>,
    /// The flattened form's.
    pub(super) header: Option<Object>,
    pub(super) encrypted_key: Option<String>,
    pub(super) aad: Option<String>,
    pub(super) iv: String,
    pub(super) ciphertext: String,
    pub(super) tag: String,
}

#[derive(Debug)]
struct Parts {
    bytes: Vec<u8>,
    protected: Protected,
    aad: Option<Vec<u8>>,
    /// What the content is bound to: the protected header as it was written, and the `aad`.
    bound: Vec<u8>,
    entries: Vec<RecipientEntry>,
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
        const MALFORMED: InputError = InputError::Malformed("JWE");
        let members: Members = Object::parse(bytes, MALFORMED)?.decode(MALFORMED)?;
        let protected = Protected::decode(&members.protected)?;
        let entries = entries(members.recipients, members.header, members.encrypted_key)?;
        let aad = members.aad.as_deref();
        let bound = bound(&members.protected, aad);
        let aad = aad
            .map(|aad| base64::decode(aad, InputError::Malformed("JWE aad")))
            .transpose()?;
        let ciphertext = Ciphertext::decode(&members.iv, &members.ciphertext, &members.tag)?;
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
    pub fn as_str(&self) -> Result<&str> {
        core::str::from_utf8(self.bytes())
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
    pub fn entries(&self) -> impl Iterator<Item = &RecipientEntry> {
        self.0.entries.iter()
    }

    /// The entry for a `kid`, which is there at most once.
    #[must_use]
    pub fn find(&self, kid: &Kid) -> Option<&RecipientEntry> {
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
    pub(crate) fn key_in(&self, plain: &[u8]) -> Result<Jwk> {
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
    pub(crate) fn protected(&self) -> &Protected {
        &self.0.protected
    }

    /// The bytes inside, as they were written.
    pub(crate) fn open(&self, cek: &Cek, content: Content) -> Result<Zeroizing<Vec<u8>>> {
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

/// The general form's recipients, or the flattened form's one.
fn entries(
    recipients: Option<Vec<EntryMembers>>,
    header: Option<Object>,
    encrypted_key: Option<String>,
) -> Result<Vec<RecipientEntry>> {
    let all = match (recipients, header) {
        (Some(all), None) if encrypted_key.is_none() => all,
        (None, Some(header)) => vec![EntryMembers {
            header,
            encrypted_key,
        }],
        _ => return Err(Error::Malformed("JWE recipients")),
    };
    if all.len() > Envelope::MAX_RECIPIENTS {
        return Err(Error::TooLarge("recipients (1000)"));
    }
    if all.is_empty() {
        return Err(Error::Malformed("JWE recipients"));
    }
    let mut entries = Vec::new();
    for members in all {
        entries.push(RecipientEntry::read(members)?);
    }
    different_kids(&entries)?;
    Ok(entries)
}

/// Recipients are found by `kid`, so no two may share one.
pub(crate) fn different_kids(entries: &[RecipientEntry]) -> Result<()> {
    let repeated = |(at, entry): (usize, &RecipientEntry)| {
        entries[..at].iter().any(|other| other.kid() == entry.kid())
    };
    if entries.iter().enumerate().any(repeated) {
        return Err(Error::Malformed("two recipients of one kid"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"protected":"p","recipients":[{"header":{"alg":"A256KW"},"encrypted_key":"k"},{"header":{}}],"aad":"a","iv":"i","ciphertext":"c","tag":"t"}"#;
        is_strict::<Members>(text, &["header"]);
        let text = r#"{"protected":"p","header":{},"encrypted_key":"k","iv":"i","ciphertext":"c","tag":"t"}"#;
        is_strict::<Members>(text, &["header"]);
    }
}

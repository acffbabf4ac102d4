//! Writing envelopes, in general form.

use subtle::ConstantTimeEq;

use crate::{
    base::{Context, Entropy, Object, base64},
    jose::{
        Cek, Content, Envelope, FreshCek, Identity, Jwk, Kek, Recipient, RecipientEntry,
        recipient::ReadyCek,
    },
    jose::{Error, Result},
};

use super::{
    content::{Ciphertext, Enc},
    envelope::{Members, bound, different_kids},
    header::{Ctx, Protected},
};

/// An envelope whose content is encrypted and whose recipients are still to be added.
pub struct Draft {
    protected: String,
    aad: Option<String>,
    ciphertext: Ciphertext,
    entries: Vec<RecipientEntry>,
}

impl Draft {
    /// Drafts an Encrypted JWK. The CEK is for the recipients' algorithms to wrap.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn new(
        jwk: &Jwk,
        context: &Context,
        aad: Option<&[u8]>,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Cek)> {
        Self::of_key(jwk, context, aad, FreshCek::generate(entropy)?, entropy)
    }

    fn of_key(
        jwk: &Jwk,
        context: &Context,
        aad: Option<&[u8]>,
        cek: FreshCek,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Cek)> {
        let protected = Protected {
            content: Content::Jwk,
            enc: Enc::A256Gcm,
            jkt: Some(jwk.thumbprint()),
            ctx: Ctx::of(context),
        };
        Self::under(cek, &protected, jwk.to_json().as_bytes(), aad, entropy)
    }

    /// Drafts a vault's JSON record at an address.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn record(json: &[u8], aad: &[u8], entropy: &dyn Entropy) -> Result<(Self, Cek)> {
        let protected = Protected {
            content: Content::Record,
            enc: Enc::A256Gcm,
            jkt: None,
            ctx: Ctx::default(),
        };
        Self::seal(&protected, json, Some(aad), entropy)
    }

    /// Drafts an envelope around an Encrypted JWK: recipients of both will be needed.
    ///
    /// # Errors
    /// [`Error::Malformed`] around anything but an Encrypted JWK; [`Error::Context`] under another
    /// context than the inner one's.
    pub fn nested(
        inner: &Envelope,
        context: &Context,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Cek)> {
        Self::around(inner, context, None, entropy)
    }

    /// As [`nested`](Self::nested), at an address.
    fn around(
        inner: &Envelope,
        context: &Context,
        aad: Option<&[u8]>,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Cek)> {
        inner.check_context(context)?;
        if inner.content() != Content::Jwk {
            return Err(Error::Malformed("an envelope nested too deep"));
        }
        let protected = Protected {
            content: Content::Nested,
            enc: Enc::A256Gcm,
            jkt: inner.jkt().cloned(),
            ctx: Ctx::of(context),
        };
        Self::seal(&protected, inner.bytes(), aad, entropy)
    }

    /// Drafts any content under the header that describes it.
    pub(crate) fn seal(
        protected: &Protected,
        plain: &[u8],
        aad: Option<&[u8]>,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Cek)> {
        Self::under(FreshCek::generate(entropy)?, protected, plain, aad, entropy)
    }

    /// As [`seal`](Self::seal), under a CEK that is there.
    fn under(
        cek: FreshCek,
        protected: &Protected,
        plain: &[u8],
        aad: Option<&[u8]>,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Cek)> {
        let (protected, aad) = (protected.encode(), aad.map(base64::encode));
        let bound = bound(&protected, aad.as_deref());
        let (ciphertext, cek) = Ciphertext::seal(plain, &bound, cek, entropy)?;
        Ok((
            Self {
                protected,
                aad,
                ciphertext,
                entries: Vec::new(),
            },
            cek,
        ))
    }

    /// Adds a recipient.
    pub fn add(&mut self, entry: RecipientEntry) {
        self.entries.push(entry);
    }

    /// The finished envelope.
    ///
    /// # Errors
    /// [`Error::Argument`] without recipients, or with one that was skipped where it was read;
    /// [`Error::TooLarge`] beyond 1,000 or 1 MiB; [`Error::Malformed`] when two share a `kid`.
    pub fn finish(self) -> Result<Envelope> {
        if self.entries.is_empty() {
            return Err(Error::Argument("at least one recipient is needed"));
        }
        if self.entries.len() > Envelope::MAX_RECIPIENTS {
            return Err(Error::TooLarge("recipients (1000)"));
        }
        different_kids(&self.entries)?;
        let mut recipients = Vec::new();
        for entry in &self.entries {
            let members = entry.members();
            recipients.push(members.ok_or(Error::Argument("a recipient of another algorithm"))?);
        }
        let [iv, ciphertext, tag] = self.ciphertext.encode();
        let members = Object::encode(&Members {
            protected: self.protected,
            recipients: Some(recipients),
            header: None,
            encrypted_key: None,
            aad: self.aad,
            iv,
            ciphertext,
            tag,
        });
        // Read back, so that what is written is what would be accepted.
        Envelope::parse(members.text().as_bytes())
    }
}

/// Wraps a key to recipients: an Encrypted JWK. Each symmetric recipient is seen to open it; of a public key that cannot
/// be seen.
///
/// # Errors
/// As [`Draft::finish`]; [`Error::Miscalculated`].
pub fn wrap(
    jwk: &Jwk,
    recipients: &[Recipient],
    context: &Context,
    aad: Option<&[u8]>,
    entropy: &dyn Entropy,
) -> Result<Envelope> {
    if let [Recipient::Kek(kek)] = recipients {
        return wrap_to(kek, jwk, context, aad, entropy);
    }
    let (mut draft, cek) = Draft::new(jwk, context, aad, entropy)?;
    for recipient in recipients {
        draft.add(recipient.wrap(&cek, entropy)?);
    }
    let envelope = draft.finish()?;
    for recipient in recipients {
        if recipient
            .identity()
            .is_some_and(|by| !opens_to(&envelope, &by, jwk))
        {
            return Err(Error::Miscalculated("an envelope"));
        }
    }
    Ok(envelope)
}

/// As [`wrap`], to one symmetric recipient, which has the CEK ready.
fn wrap_to(
    kek: &Kek,
    jwk: &Jwk,
    context: &Context,
    aad: Option<&[u8]>,
    entropy: &dyn Entropy,
) -> Result<Envelope> {
    let ReadyCek { cek, wrapped } = kek.ready_cek(entropy)?;
    let (mut draft, cek) = Draft::of_key(jwk, context, aad, cek, entropy)?;
    draft.add(kek.entry(wrapped));
    let envelope = draft.finish()?;
    let entry = envelope.find(kek.kid());
    if entry.is_some_and(|entry| entry.holds(&wrapped)) && holds(&envelope, &cek, jwk) {
        Ok(envelope)
    } else {
        Err(Error::Miscalculated("an envelope"))
    }
}

/// Encrypts an envelope around another one, which holds a key, to recipients: whoever opens the key needs both.
///
/// # Errors
/// As [`Draft::finish`].
pub(crate) fn nest(
    inner: &Envelope,
    recipients: &[Recipient],
    aad: &[u8],
    entropy: &dyn Entropy,
) -> Result<Envelope> {
    let (mut draft, cek) = Draft::around(inner, &Context::none(), Some(aad), entropy)?;
    for recipient in recipients {
        draft.add(recipient.wrap(&cek, entropy)?);
    }
    draft.finish()
}

/// Whether what was written opens again to what was to be written. It always does, where memory and processor do what
/// they should.
pub(crate) fn opens_to(envelope: &Envelope, by: &Identity, jwk: &Jwk) -> bool {
    let entry = envelope.find(by.kid());
    let cek = entry.and_then(|entry| by.unwrap(entry).ok());
    cek.is_some_and(|cek| holds(envelope, &cek, jwk))
}

/// Whether that key is in it.
fn holds(envelope: &Envelope, cek: &Cek, jwk: &Jwk) -> bool {
    let again = envelope.open(cek, Content::Jwk);
    again.is_ok_and(|again| again.ct_eq(jwk.to_json().as_bytes()).into())
}

/// Encrypts a vault's JSON record under one key.
///
/// # Errors
/// As [`Draft::finish`].
pub fn encrypt_record(
    json: &[u8],
    kek: &Kek,
    aad: &[u8],
    entropy: &dyn Entropy,
) -> Result<Envelope> {
    let (mut draft, cek) = Draft::record(json, aad, entropy)?;
    draft.add(kek.wrap(&cek));
    draft.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Kid, Secret, SystemEntropy},
        jose::unwrap,
    };

    const ENTROPY: SystemEntropy = SystemEntropy;

    fn key() -> Jwk {
        Jwk::oct(Secret::generate(&ENTROPY).expect("entropy"))
    }

    fn kek() -> Kek {
        Kek::new(
            Kid::new("a").expect("a kid"),
            Secret::generate(&ENTROPY).expect("entropy"),
        )
    }

    /// A genuine tag over a header that commits to one key and a plaintext that is another.
    fn dishonest(content: Content, committed: &Jwk, plain: &[u8], kek: &Kek) -> Envelope {
        let protected = Protected {
            content,
            enc: Enc::A256Gcm,
            jkt: Some(committed.thumbprint()),
            ctx: Ctx::default(),
        };
        let (mut draft, cek) = Draft::seal(&protected, plain, None, &ENTROPY).expect("entropy");
        draft.add(kek.wrap(&cek));
        draft.finish().expect("an envelope in form")
    }

    fn open(envelope: &Envelope, kek: Kek) -> Result<Jwk> {
        unwrap(envelope, &[Identity::Kek(kek)], &Context::none()).map(|unwrapped| unwrapped.jwk)
    }

    #[test]
    fn what_opens_to_another_key_is_not_given_out() {
        let (kek, jwk) = (kek(), key());
        let recipients = [kek.clone().into()];
        let sealed = wrap(&jwk, &recipients, &Context::none(), None, &ENTROPY).expect("a KEK");
        let named = kek.kid().as_str().to_owned();
        let (stranger, own) = (key(), Identity::Kek(kek));
        assert!(opens_to(&sealed, &own, &jwk));
        assert!(!opens_to(&sealed, &own, &key()));
        let stranger = Kek::from_jwk(&stranger.with("kid", named)).expect("a KEK");
        let stranger = Identity::Kek(stranger);
        assert!(!opens_to(&sealed, &stranger, &jwk));
    }

    #[test]
    fn an_envelope_that_would_open_to_another_key_is_refused() {
        let (kek, jwk) = (kek(), key());
        let honest = dishonest(Content::Jwk, &jwk, jwk.to_json().as_bytes(), &kek);
        assert!(open(&honest, kek.clone()).is_ok());
        let forged = dishonest(Content::Jwk, &key(), jwk.to_json().as_bytes(), &kek);
        assert_eq!(open(&forged, kek).err(), Some(Error::Decrypt));
    }

    #[test]
    fn both_levels_of_a_nested_envelope_commit_to_the_same_key() {
        let (kek, jwk) = (kek(), key());
        let inner = wrap(
            &jwk,
            &[kek.clone().into()],
            &Context::none(),
            None,
            &ENTROPY,
        )
        .expect("one recipient");
        let honest = dishonest(Content::Nested, &jwk, inner.bytes(), &kek);
        assert!(open(&honest, kek.clone()).is_ok());
        let forged = dishonest(Content::Nested, &key(), inner.bytes(), &kek);
        assert_eq!(open(&forged, kek).err(), Some(Error::Decrypt));
    }

    #[test]
    fn a_third_level_is_refused() {
        let (kek, jwk) = (kek(), key());
        let inner = wrap(
            &jwk,
            &[kek.clone().into()],
            &Context::none(),
            None,
            &ENTROPY,
        )
        .expect("one recipient");
        let middle = dishonest(Content::Nested, &jwk, inner.bytes(), &kek);
        let outer = dishonest(Content::Nested, &jwk, middle.bytes(), &kek);
        assert!(matches!(open(&outer, kek), Err(Error::Malformed(_))));
    }

    #[test]
    fn a_key_that_is_no_jwk_is_refused() {
        let (kek, jwk) = (kek(), key());
        let text = dishonest(Content::Jwk, &jwk, b"not a JWK", &kek);
        assert!(matches!(open(&text, kek), Err(Error::Malformed(_))));
    }
}

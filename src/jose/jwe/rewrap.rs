//! The same content under other keys: a new envelope, which is opened again and compared with the old
//! one before anybody drops that.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    base::{Entropy, Json},
    jose::{Cek, Content, Draft, Envelope, Identity, Jwk, Kek, Recipient},
    jose::{Error, Result},
};

use super::unwrap::{open_soles, unwrap_cek};

/// An object's header for other recipients: the same DEK with its members, bound to the same context,
/// which nobody needs to know. CEK and IV are fresh.
///
/// Every KEK among the recipients is seen to open it; of a public key that cannot be seen.
///
/// # Errors
/// [`Error::Unsupported`] when it has recipients besides the identity, which would be lost, or holds
/// anything but an Encrypted JWK; [`Error::Malformed`] with an `aad`, which no object's header has;
/// [`Error::Decrypt`] when no identity opens it; [`Error::Unsigned`] from a public key to a sole KEK,
/// which would prove a writer that nothing proved before; otherwise as [`Draft::finish`].
pub fn rewrap(
    envelope: &Envelope,
    identities: &[Identity],
    recipients: &[Recipient],
    entropy: &dyn Entropy,
) -> Result<Envelope> {
    check_form(envelope)?;
    if !envelope.has_sole_recipient() {
        return Err(Error::Unsupported("a header with other recipients"));
    }
    let (opened, identity) = OpenedHeader::open(envelope, identities)?;
    if let (Identity::Agreement(_) | Identity::Shared(_), [Recipient::Kek(_)]) =
        (identity, recipients)
    {
        return Err(Error::Unsigned);
    }
    let (mut draft, cek) = opened.draft(entropy)?;
    for recipient in recipients {
        draft.add(recipient.wrap(&cek, entropy)?);
    }
    let sealed = draft.finish()?;
    for recipient in recipients {
        if let Some(by) = recipient.identity() {
            opened.check(&sealed, &by)?;
        }
    }
    Ok(sealed)
}

/// A header that was opened to be written again.
pub(crate) struct OpenedHeader<'e> {
    envelope: &'e Envelope,
    /// What is in it, as it was written.
    plain: Zeroizing<Vec<u8>>,
    /// The same, read.
    pub(crate) jwk: Jwk,
}

impl<'e> OpenedHeader<'e> {
    /// Opens it; what is not the key that the header commits to is not carried on.
    ///
    /// # Errors
    /// As [`rewrap`].
    pub(crate) fn open<'i>(
        envelope: &'e Envelope,
        identities: &'i [Identity],
    ) -> Result<(Self, &'i Identity)> {
        check_form(envelope)?;
        let (cek, identity) = unwrap_cek(envelope, identities)?;
        let plain = envelope.open(&cek, Content::Jwk)?;
        let jwk = envelope.key_in(&plain)?;
        let opened = Self {
            envelope,
            plain,
            jwk,
        };
        Ok((opened, identity))
    }

    /// Has another value in the place of one of the members that are written again.
    pub(crate) fn replace_member(&mut self, name: &'static str, value: Json) {
        self.jwk = self.jwk.clone().with(name, value);
        self.plain = Zeroizing::new(self.jwk.to_json().as_bytes().to_vec());
    }

    /// The same content under a fresh CEK, for recipients to be added.
    pub(crate) fn draft(&self, entropy: &dyn Entropy) -> Result<(Draft, Cek)> {
        Draft::seal(self.envelope.protected(), &self.plain, None, entropy)
    }

    /// Whether a recipient opens what was written to what was to be written.
    pub(crate) fn check(&self, sealed: &Envelope, by: &Identity) -> Result<()> {
        let entry = sealed.find(by.kid()).ok_or(Error::Decrypt)?;
        check(sealed, &by.unwrap(entry)?, &self.plain)
    }
}

fn check_form(envelope: &Envelope) -> Result<()> {
    if envelope.aad().is_some() {
        return Err(Error::Malformed("an object's header has no aad"));
    }
    if envelope.content() != Content::Jwk {
        return Err(Error::Unsupported("a header around another one"));
    }
    Ok(())
}

/// A vault's records, whatever their content, under another KEK, each at the address beside it. CEKs and
/// IVs are fresh; each result is opened again, as it was read back, and compared.
///
/// What is inside is not looked at, since whoever opens it will: a vault's key has thousands. Many at a
/// time take less time, and their plaintexts are in memory together for as long.
///
/// # Errors
/// [`Error::Decrypt`] when `from` is not the sole recipient of each or does not open it;
/// [`Error::TooLarge`].
pub fn reseal(
    records: &[(Envelope, Vec<u8>)],
    from: &Kek,
    to: &Kek,
    entropy: &dyn Entropy,
) -> Result<Vec<Envelope>> {
    let old: Vec<_> = records.iter().map(|(envelope, _)| envelope).collect();
    let plains = open_soles(&old, from)?;
    let (mut drafts, mut ceks) = (Vec::new(), Vec::new());
    for ((envelope, aad), plain) in records.iter().zip(&plains) {
        let (draft, cek) = Draft::seal(envelope.protected(), plain, Some(aad), entropy)?;
        drafts.push(draft);
        ceks.push(cek);
    }
    let mut sealed = Vec::new();
    for (mut draft, entry) in drafts.into_iter().zip(to.wrap_all(&ceks)) {
        draft.add(entry);
        sealed.push(draft.finish()?);
    }
    let new: Vec<_> = sealed.iter().collect();
    for (again, plain) in open_soles(&new, to)?.iter().zip(&plains) {
        same(again, plain)?;
    }
    Ok(sealed)
}

/// Whether what was written opens to what was to be written. It always does, where memory and
/// processor do what they should.
fn check(sealed: &Envelope, cek: &Cek, plain: &[u8]) -> Result<()> {
    same(&sealed.open(cek, sealed.content())?, plain)
}

fn same(again: &[u8], plain: &[u8]) -> Result<()> {
    if again.ct_eq(plain).into() {
        Ok(())
    } else {
        Err(Error::Decrypt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Kid, Secret, SystemEntropy},
        jose::encrypt_record,
        jose::jwe::{
            content::Enc,
            header::{Ctx, Protected},
            unwrap::unwrap_sole,
        },
    };

    fn kek(kid: &str) -> Kek {
        let key = Secret::generate(&SystemEntropy).expect("entropy");
        Kek::new(Kid::new(kid).expect("a kid"), key)
    }

    /// An envelope around these bytes, which says to hold that key.
    fn envelope(plain: &[u8], committed: &Jwk, kek: &Kek) -> Envelope {
        let protected = Protected {
            content: Content::Jwk,
            enc: Enc::A256Gcm,
            jkt: Some(committed.thumbprint()),
            ctx: Ctx::default(),
        };
        let (mut draft, cek) =
            Draft::seal(&protected, plain, None, &SystemEntropy).expect("entropy");
        draft.add(kek.wrap(&cek));
        draft.finish().expect("an envelope in form")
    }

    #[test]
    fn the_bytes_inside_are_carried_as_they_are() {
        let (old, new) = (kek("old"), kek("new"));
        let k = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
        let plain = [r#"{ "x-n" : 1.0, "k":""#, k, r#"", "kty":"oct" }"#].concat();
        let jwk = Jwk::parse(plain.as_bytes()).expect("a key");
        let before = envelope(plain.as_bytes(), &jwk, &old);
        let to = [Recipient::Kek(new.clone())];
        let rewrapped = rewrap(&before, &[Identity::Kek(old.clone())], &to, &SystemEntropy);
        let records = [(before, b"a".to_vec())];
        let resealed = reseal(&records, &old, &new, &SystemEntropy);
        let mut all = resealed.expect("the same under another key");
        all.push(rewrapped.expect("the same under another key"));
        for after in all {
            let cek = unwrap_sole(&after, &new).expect("its key");
            let carried = after.open(&cek, Content::Jwk).expect("its content");
            assert_eq!(*carried, plain.as_bytes());
        }
    }

    #[test]
    fn a_header_around_another_key_than_it_says_is_not_carried_on() {
        let old = kek("old");
        let key = || Jwk::oct(Secret::generate(&SystemEntropy).expect("entropy"));
        let forged = envelope(key().to_json().as_bytes(), &key(), &old);
        let to = [Recipient::Kek(kek("new"))];
        let refused = rewrap(&forged, &[Identity::Kek(old)], &to, &SystemEntropy);
        assert_eq!(refused.err(), Some(Error::Decrypt));
    }

    #[test]
    fn what_opens_to_something_else_is_not_given_out() {
        let kek = kek("a");
        let sealed = encrypt_record(b"{}", &kek, b"", &SystemEntropy).expect("a record");
        let cek = unwrap_sole(&sealed, &kek).expect("its key");
        assert_eq!(check(&sealed, &cek, b"{}"), Ok(()));
        for other in [&b"{ }"[..], b"{", b"", b"{~"] {
            assert_eq!(check(&sealed, &cek, other), Err(Error::Decrypt));
        }
        let stranger = Cek::new(Secret::generate(&SystemEntropy).expect("entropy"));
        assert_eq!(check(&sealed, &stranger, b"{}"), Err(Error::Decrypt));
    }
}

//! The same content under other keys: a new envelope, which is opened again and compared with the old
//! one before anybody drops that.

use subtle::ConstantTimeEq;

use crate::vocabulary::{Entropy, Error, Result};

use super::{
    Cek, Content, Draft, Envelope, Identity, Kek, Recipient,
    unwrap::{unwrap_cek, unwrap_sole},
};

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
    if envelope.aad().is_some() {
        return Err(&Error::Malformed("an object's header has no aad"));
    }
    if envelope.content() != Content::Jwk {
        return Err(&Error::Unsupported("a header around another one"));
    }
    if !envelope.has_sole_recipient() {
        return Err(&Error::Unsupported("a header with other recipients"));
    }
    let (cek, identity) = unwrap_cek(envelope, identities)?;
    if let (Identity::Agreement(_), [Recipient::Kek(_)]) = (identity, recipients) {
        return Err(&Error::Unsigned);
    }
    let plain = envelope.open(&cek, Content::Jwk)?;
    // What is not the key that the header commits to is not carried on.
    envelope.key_in(&plain)?;
    let (mut draft, cek) = Draft::seal(envelope.protected(), &plain, None, entropy)?;
    for recipient in recipients {
        draft.add(recipient.wrap(&cek, entropy)?);
    }
    let sealed = draft.finish()?;
    for recipient in recipients {
        if let Recipient::Kek(kek) = recipient {
            let entry = sealed.find(kek.kid()).ok_or(&Error::Decrypt)?;
            check(&sealed, &kek.unwrap(entry)?, &plain)?;
        }
    }
    Ok(sealed)
}

/// A vault's record, whichever its content, under another KEK and at another address. CEK and IV are
/// fresh; the result is opened again and compared.
///
/// What is inside is not looked at, since whoever opens it will: a vault's key has thousands.
///
/// # Errors
/// [`Error::Decrypt`] when `from` is not its sole recipient or does not open it; [`Error::TooLarge`].
pub fn reseal(
    envelope: &Envelope,
    from: &Kek,
    to: &Kek,
    aad: &[u8],
    entropy: &dyn Entropy,
) -> Result<Envelope> {
    let content = envelope.content();
    let plain = envelope.open(&unwrap_sole(envelope, from)?, content)?;
    let (mut draft, cek) = Draft::seal(envelope.protected(), &plain, Some(aad), entropy)?;
    draft.add(to.wrap(&cek));
    let sealed = draft.finish()?;
    check(&sealed, &unwrap_sole(&sealed, to)?, &plain)?;
    Ok(sealed)
}

/// Whether what was written opens to what was to be written. It always does, where memory and
/// processor do what they should.
fn check(sealed: &Envelope, cek: &Cek, plain: &[u8]) -> Result<()> {
    let again = sealed.open(cek, sealed.content())?;
    if again.ct_eq(plain).into() {
        Ok(())
    } else {
        Err(&Error::Decrypt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        jose::{
            Jwk,
            header::{Ctx, Protected},
            seal_record,
        },
        vocabulary::{Kid, Secret, SystemEntropy},
    };

    fn kek(kid: &str) -> Kek {
        let key = Secret::generate(&SystemEntropy).expect("entropy");
        Kek::new(Kid::new(kid).expect("a kid"), key)
    }

    /// An envelope around these bytes, which says to hold that key.
    fn envelope(plain: &[u8], committed: &Jwk, kek: &Kek) -> Envelope {
        let protected = Protected {
            content: Content::Jwk,
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
        for after in [
            rewrap(&before, &[Identity::Kek(old.clone())], &to, &SystemEntropy),
            reseal(&before, &old, &new, b"a", &SystemEntropy),
        ] {
            let after = after.expect("the same under another key");
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
        assert_eq!(refused.err(), Some(&Error::Decrypt));
    }

    #[test]
    fn what_opens_to_something_else_is_not_given_out() {
        let kek = kek("a");
        let sealed = seal_record(b"{}", &kek, b"", &SystemEntropy).expect("a record");
        let cek = unwrap_sole(&sealed, &kek).expect("its key");
        assert_eq!(check(&sealed, &cek, b"{}"), Ok(()));
        for other in [&b"{ }"[..], b"{", b"", b"{~"] {
            assert_eq!(check(&sealed, &cek, other), Err(&Error::Decrypt));
        }
        let stranger = Cek::new(Secret::generate(&SystemEntropy).expect("entropy"));
        assert_eq!(check(&sealed, &stranger, b"{}"), Err(&Error::Decrypt));
    }
}

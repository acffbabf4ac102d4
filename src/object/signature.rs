//! Signatures of objects for more recipients: who wrote a header, for whom, and the body that belongs to it.
//!
//! Any recipient of a header can write another one around the same key, and anybody who has the key another body. So a
//! vault's identity signs what it wrote for others: one text, a compact JWS of its own `typ`.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, InputError, Kid, Object, ObjectId, Thumbprint, Timestamp, VaultId, base64},
    hazmat::hash::sha256,
    jose::{self, Envelope, PublicRecipient, Signed, SigningKey},
};

use super::{Error, Result, body::BodyHashes};

/// The JWS `typ`.
const TYP: &str = "sr-share+jws";
const MALFORMED: InputError = InputError::Malformed("an object's signature");
const TOO_LARGE: Error = Error::TooLarge("signature (8 MiB; pass sign: \"header\")");

/// What a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// The header alone: every recipient can have written the body.
    Header,
    /// The header, and each byte of the body.
    Content,
}

impl Covers {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Content => "content",
        }
    }
}

/// A recipient, as a signature names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "a recipient that a signature names")]
pub struct SignedRecipient {
    /// The name that its entry has.
    pub kid: Kid,
    /// The thumbprint of its public key; absent for the vault's own version.
    pub jkt: Option<Thumbprint>,
}

/// The payload.
#[derive(Serialize, Deserialize)]
struct Payload {
    vault: VaultId,
    sequence: u64,
    object: ObjectId,
    header: String,
    recipients: Vec<SignedRecipient>,
    content: Option<SignedContent>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "the content that a signature covers")]
struct SignedContent {
    size: u64,
    segments: String,
}

/// A signature that was read and not yet verified.
pub struct ObjectSignature(Signed);

/// What a signature says, once it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeader {
    /// The vault that wrote the header.
    pub vault: VaultId,
    /// When, by its clock; each further signature of the object has a later one.
    pub sequence: Timestamp,
    /// The object.
    pub object: ObjectId,
    /// For whom, in the header's order.
    pub recipients: Vec<SignedRecipient>,
    /// The body, where it is covered.
    pub content: Option<BodyHashes>,
}

impl ObjectSignature {
    /// The longest that is read or written, in bytes: that of a body of about 36 GiB.
    pub const MAX_BYTES: usize = 8 * 1024 * 1024;

    /// Reads a signature.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 8 MiB; [`Error::Malformed`]; [`Error::Unsupported`] for a JWS of something else.
    pub fn parse(text: &[u8]) -> Result<Self> {
        if text.len() > Self::MAX_BYTES {
            return Err(TOO_LARGE);
        }
        let text = core::str::from_utf8(text).map_err(|_| MALFORMED)?;
        Ok(Self(Signed::parse_up_to(Self::MAX_BYTES, text, TYP)?))
    }

    /// Who says to have signed: worth nothing until it is compared with who should have.
    #[must_use]
    pub fn signer(&self) -> Thumbprint {
        self.0.signer()
    }

    /// What it says, if that identity signed it for this header. Whether it is by the right vault is for the caller to ask.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when it is forged, by another identity, of another header, or names other recipients than that has;
    /// [`Error::Malformed`].
    pub fn verify(&self, by: &Thumbprint, header: &Envelope) -> Result<SignedHeader> {
        let payload = Object::parse(self.0.verify(by)?, MALFORMED)?;
        let payload: Payload = payload.decode(MALFORMED)?;
        let content = payload.content.map(BodyHashes::try_from).transpose()?;
        let signed = SignedHeader {
            vault: payload.vault,
            sequence: Timestamp::from_millis(payload.sequence),
            object: payload.object,
            recipients: payload.recipients,
            content,
        };
        let hash = base64::encode(&sha256(&[header.bytes()]));
        if payload.header == hash && signed.is_of(header) {
            Ok(signed)
        } else {
            Err(Error::Decrypt)
        }
    }
}

impl SignedHeader {
    /// The thumbprints of the recipients besides the vault's own version, in ascending order.
    pub(crate) fn others(&self) -> Vec<Thumbprint> {
        let named = self.recipients.iter();
        let mut others: Vec<_> = named.filter_map(|other| other.jkt.clone()).collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// What the signature covers.
    #[must_use]
    pub const fn covers(&self) -> Covers {
        match self.content {
            None => Covers::Header,
            Some(_) => Covers::Content,
        }
    }

    /// Refuses a signature that does not name this recipient by this key: each reader looks for its own.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn check_names(&self, kid: &Kid, jkt: &Thumbprint) -> Result<()> {
        let named = |recipient: &SignedRecipient| {
            recipient.kid == *kid && recipient.jkt.as_ref() == Some(jkt)
        };
        if self.recipients.iter().any(named) {
            Ok(())
        } else {
            Err(Error::Decrypt)
        }
    }

    /// The thumbprint of the key that a recipient is named by; none of the vault's own version.
    #[must_use]
    pub fn key_of(&self, kid: &Kid) -> Option<&Thumbprint> {
        let mut all = self.recipients.iter();
        all.find(|recipient| recipient.kid == *kid)?.jkt.as_ref()
    }

    /// The name of the vault's own version.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless there is one, and it is the first.
    pub(crate) fn own(&self) -> Result<&Kid> {
        let mut all = self.recipients.iter();
        let own = all.next().filter(|own| own.jkt.is_none());
        let others = self.recipients.len() > 1 && all.all(|other| other.jkt.is_some());
        let own = own.filter(|_| others).ok_or(MALFORMED)?;
        Ok(&own.kid)
    }

    fn is_of(&self, header: &Envelope) -> bool {
        let named = self.recipients.iter().map(|recipient| &recipient.kid);
        header.jkt() == Some(&self.object)
            && self.own().is_ok()
            && named.eq(header.entries().map(|entry| entry.kid()))
    }
}

impl TryFrom<SignedContent> for BodyHashes {
    type Error = Error;

    fn try_from(content: SignedContent) -> Result<Self> {
        let hashes = base64::decode_public(&content.segments, MALFORMED)?;
        Self::new(content.size, &hashes)
    }
}

/// A header that was made for more recipients and is to be signed: only who has written it has this.
#[derive(Debug, Clone)]
pub struct HeaderToSign {
    object: ObjectId,
    header: String,
    recipients: Vec<SignedRecipient>,
    /// The sequence of the signature that this one takes the place of.
    before: Option<Timestamp>,
}

impl HeaderToSign {
    /// Of a header whose first recipient is the vault's own version, and the others these, in their order.
    ///
    /// # Errors
    /// [`Error::Miscalculated`] for one that is not.
    pub(crate) fn new(
        header: &Envelope,
        others: &[PublicRecipient],
        before: Option<Timestamp>,
    ) -> Result<Self> {
        const OTHERWISE: Error = Error::Miscalculated("a header");
        let mut recipients = Vec::new();
        for (at, entry) in header.entries().enumerate() {
            let other = match at.checked_sub(1) {
                None => None,
                Some(at) => Some(others.get(at).ok_or(OTHERWISE)?),
            };
            if other.is_some_and(|other| other.kid() != entry.kid()) {
                return Err(OTHERWISE);
            }
            recipients.push(SignedRecipient {
                kid: entry.kid().clone(),
                jkt: other.map(PublicRecipient::thumbprint),
            });
        }
        if recipients.len() != others.len() + 1 {
            return Err(OTHERWISE);
        }
        Ok(Self {
            object: header.jkt().cloned().ok_or(OTHERWISE)?,
            header: base64::encode(&sha256(&[header.bytes()])),
            recipients,
            before,
        })
    }

    /// The object.
    #[must_use]
    pub const fn object(&self) -> &ObjectId {
        &self.object
    }

    /// How many recipients there are besides the vault's own version.
    #[must_use]
    pub const fn others(&self) -> usize {
        self.recipients.len() - 1
    }

    /// Signs it, and the body if its hashes are given.
    ///
    /// # Errors
    /// [`Error::TooLarge`]; what the entropy source reports.
    pub(crate) fn sign(
        &self,
        vault: &VaultId,
        now: Timestamp,
        content: Option<&BodyHashes>,
        key: &SigningKey,
        entropy: &dyn Entropy,
    ) -> Result<String> {
        if content.is_some_and(|content| !Self::has_room_for(content.size())) {
            return Err(TOO_LARGE);
        }
        let payload = self.payload(vault, now, content);
        let text = jose::sign(TYP, payload.text().as_bytes(), key, entropy)?;
        if text.len() > ObjectSignature::MAX_BYTES {
            return Err(TOO_LARGE);
        }
        Ok(text)
    }

    /// How many bytes the signature will have, over a body of so many.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn signature_len(&self, vault: &VaultId, now: Timestamp, size: u64) -> Result<usize> {
        if !Self::has_room_for(size) {
            return Err(TOO_LARGE);
        }
        let blocks = usize::try_from(size.div_ceil(262_144)).map_err(|_| TOO_LARGE)?;
        let content = BodyHashes::new(size, &vec![0; blocks * 32])?;
        let payload = self.payload(vault, now, Some(&content)).text().len();
        // The header's text has a length of its own: names and two coordinates of 32 bytes.
        let header = Object::new()
            .with("alg", "ES256")
            .with("typ", TYP)
            .with(
                "jwk",
                Object::new()
                    .with("crv", "P-256")
                    .with("kty", "EC")
                    .with("x", "x".repeat(43))
                    .with("y", "y".repeat(43)),
            )
            .text()
            .len();
        let encoded = |bytes: usize| (bytes * 4).div_ceil(3);
        let length = encoded(header) + 1 + encoded(payload) + 1 + encoded(64);
        if length > ObjectSignature::MAX_BYTES {
            return Err(TOO_LARGE);
        }
        Ok(length)
    }

    fn payload(&self, vault: &VaultId, now: Timestamp, content: Option<&BodyHashes>) -> Object {
        let sequence = self.before.map_or(0, |before| before.millis() + 1);
        Object::encode(&Payload {
            vault: vault.clone(),
            sequence: now.millis().max(sequence),
            object: self.object.clone(),
            header: self.header.clone(),
            recipients: self.recipients.clone(),
            content: content.map(|content| SignedContent {
                size: content.size(),
                segments: base64::encode(content.bytes()),
            }),
        })
    }

    /// Whether the hashes of so large a body fit, before they are encoded twice.
    const fn has_room_for(size: u64) -> bool {
        size.div_ceil(262_144) * 56 < ObjectSignature::MAX_BYTES as u64
    }
}

impl fmt::Debug for ObjectSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectSignature(by {})", self.signer())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Context, SystemEntropy, json::strict::is_strict},
        jose::{AgreementKey, Jwk, wrap},
        object::listed_recipients,
    };

    const SEQUENCE: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn friend() -> PublicRecipient {
        let key = AgreementKey::generate(&SystemEntropy).expect("entropy");
        let jwk = key.to_jwk().public().expect("a pair");
        let jwk = jwk.with("kid", key.kid().as_str()).to_json();
        PublicRecipient::parse(jwk.as_bytes()).expect("a public key")
    }

    /// A header for a version and for friends, whose JWK lists some keys.
    fn header(own: &str, others: &[PublicRecipient], listed: &[Object]) -> (Jwk, Envelope) {
        let secret =
            |byte| Jwk::oct(crate::base::Secret::from_slice(&[byte; 32]).expect("32 bytes"));
        let listed = listed.iter().cloned().map(Into::into).collect();
        let jwk = secret(7).with("recipients", crate::base::Json::Array(listed));
        let own = crate::jose::Kek::from_jwk(&secret(9).with("kid", own)).expect("a KEK");
        let mut to = vec![own.into()];
        for other in others {
            let jwk = Jwk::parse(other.jwk().text().as_bytes()).expect("a key");
            to.push(crate::jose::Recipient::from_jwk(&jwk).expect("a recipient"));
        }
        let header = wrap(&jwk, &to, &Context::none(), None, &SystemEntropy);
        (jwk, header.expect("a header"))
    }

    fn vault() -> VaultId {
        VaultId::generate(&SystemEntropy).expect("entropy")
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        let (vault, print) = ("v".repeat(21) + "A", "i".repeat(42) + "A");
        let text = format!(
            r#"{{"vault":"{vault}","sequence":1,"object":"{print}","header":"h","recipients":[{{"kid":"k","jkt":"{print}"}}],"content":{{"size":1,"segments":"s"}}}}"#
        );
        is_strict::<Payload>(&text, &[]);
    }

    #[test]
    fn a_signature_says_exactly_this() {
        let friend = friend();
        let (_, header) = header("own", core::slice::from_ref(&friend), &[]);
        let to_sign = HeaderToSign::new(&header, core::slice::from_ref(&friend), None);
        let to_sign = to_sign.expect("its recipients");
        let (vault, body) = (vault(), BodyHashes::new(56, &[5; 32]).expect("a body"));
        let hash = base64::encode(&sha256(&[header.bytes()]));
        let (object, jkt) = (header.jkt().expect("a key"), friend.thumbprint());
        let expected = format!(
            r#"{{"vault":"{vault}","sequence":1790000000000,"object":"{object}","header":"{hash}","recipients":[{{"kid":"own"}},{{"kid":"{kid}","jkt":"{jkt}"}}],"content":{{"size":56,"segments":"BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"}}}}"#,
            kid = friend.kid(),
        );
        assert_eq!(
            to_sign.payload(&vault, SEQUENCE, Some(&body)).text(),
            expected
        );
        let bare = to_sign.payload(&vault, SEQUENCE, None);
        assert!(bare.get("content").is_none());
        // A later one than the one before, whatever the clock says.
        for (now, sequence) in [(0, 8), (7, 8), (8, 8), (9, 9)] {
            let before = Some(Timestamp::from_millis(7));
            let again = HeaderToSign::new(&header, core::slice::from_ref(&friend), before);
            let again = again.expect("its recipients");
            let text = again
                .payload(&vault, Timestamp::from_millis(now), None)
                .text();
            assert!(
                text.contains(&format!(r#""sequence":{sequence},"#)),
                "{text}"
            );
        }
    }

    #[test]
    fn other_recipients_than_the_headers_are_not_signed() {
        let (one, two) = (friend(), friend());
        let (_, header) = header("own", core::slice::from_ref(&one), &[]);
        for others in [
            &[][..],
            core::slice::from_ref(&two),
            &[one.clone(), two.clone()],
        ] {
            assert!(HeaderToSign::new(&header, others, None).is_err());
        }
    }

    /// What a vault never signs: it is refused although it is by the right identity.
    #[test]
    fn a_payload_in_another_form_is_refused() {
        let friend = friend();
        let (_, header) = header("own", core::slice::from_ref(&friend), &[]);
        let to_sign = HeaderToSign::new(&header, core::slice::from_ref(&friend), None);
        let to_sign = to_sign.expect("its recipients");
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        let verified = |payload: &str| {
            let text = jose::sign(TYP, payload.as_bytes(), &key, &SystemEntropy).expect("a key");
            let signature = ObjectSignature::parse(text.as_bytes()).expect("a signature");
            signature.verify(&key.thumbprint(), &header)
        };
        let body = BodyHashes::new(56, &[5; 32]).expect("a body");
        let good = to_sign.payload(&vault(), SEQUENCE, Some(&body)).text();
        assert!(verified(&good).is_ok());
        let jkt = format!(r#","jkt":"{}""#, friend.thumbprint());
        for (from, to) in [
            (r#""size":56"#, r#""size":55"#),
            (r#""size":56"#, r#""size":262145"#),
            (r#""segments":"BQ"#, r#""segments":"BQAA"#),
            (jkt.as_str(), ""),
            (r#"{"kid":"own"}"#, &format!(r#"{{"kid":"own"{jkt}}}"#)),
            (r#"{"kid":"own"},"#, ""),
            (r#""kid":"own""#, r#""kid":"another""#),
            (r#""sequence":1790000000000"#, r#""sequence":"1""#),
            (r#"{"vault""#, r#"{"more":1,"vault""#),
        ] {
            let changed = good.replacen(from, to, 1);
            assert_ne!(changed, good);
            assert!(verified(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn a_recipient_without_its_key_is_named() {
        let (one, two) = (friend(), friend());
        let others = [one.clone(), two.clone()];
        let listed = |keys: &[Object]| {
            let (jwk, header) = header("own", &others, keys);
            let to_sign = HeaderToSign::new(&header, &others, None).expect("its recipients");
            let key = SigningKey::generate(&SystemEntropy).expect("entropy");
            let text = to_sign.sign(&vault(), SEQUENCE, None, &key, &SystemEntropy);
            let signature = ObjectSignature::parse(text.expect("a key").as_bytes());
            let signed = signature.and_then(|it| it.verify(&key.thumbprint(), &header));
            listed_recipients(&jwk, &signed.expect("its own"))
        };
        let (a, b) = (one.jwk().clone(), two.jwk().clone());
        assert_eq!(listed(&[a.clone(), b.clone()]), Ok(others.to_vec()));
        assert_eq!(listed(&[b.clone(), a.clone()]), Ok(others.to_vec()));
        assert_eq!(listed(core::slice::from_ref(&a)), Err(two.kid().clone()));
        assert_eq!(listed(&[]), Err(one.kid().clone()));
        // Another key under its name.
        let other = friend().jwk().clone().with("kid", one.kid().as_str());
        assert_eq!(listed(&[other, b]), Err(one.kid().clone()));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::{collection::vec, prelude::*};

    use crate::{
        base::{Context, Secret, SystemEntropy},
        jose::{Jwk, Kek, wrap},
        object::attached,
    };

    proptest! {
        #[test]
        fn an_attached_object_comes_apart_as_it_was_put_together(
            signature in "[a-zA-Z0-9._-]{1,300}",
            body in vec(any::<u8>(), 0..200),
            cut in any::<prop::sample::Index>(),
        ) {
            let secret = || Jwk::oct(Secret::generate(&SystemEntropy).expect("entropy"));
            let kek = Kek::from_jwk(&secret()).expect("a KEK");
            let header = wrap(&secret(), &[kek.into()], &Context::none(), None, &SystemEntropy);
            let header = header.expect("a header");
            let prefix = attached::signed_prefix(&header, &signature);
            let whole = [&prefix[..], &body].concat();
            let parts = attached::split(&whole).expect("an object");
            prop_assert_eq!(parts.header, header.bytes());
            prop_assert_eq!(parts.signature, Some(signature.as_bytes()));
            prop_assert_eq!(parts.body, &body[..]);
            prop_assert!(attached::split(&whole[..cut.index(prefix.len())]).is_err());
        }
    }
}

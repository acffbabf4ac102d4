//! The head: one record that commits to all others.
//!
//! Its digest is a sum modulo 2^256 of one HMAC per record. The sum does not depend on the order,
//! and one changed record costs one subtraction and one addition (Bellare and Micciancio, "A new
//! paradigm for collision-free hashing", 1997: here keyed, so nobody without the key can steer it).

use serde::{Deserialize, Serialize};

use crate::{
    base::{Error, InputError, InputResult, Object, Result, Secret, base64, dotted, json},
    hazmat::hash::{hmac_sha256, sha256},
    jose::Jwk,
    store::{RecordType, Row},
};

/// The format of a vault's records that this release knows. A head without one says the same.
const FORMAT: u64 = 1;
const MALFORMED: InputError = InputError::Malformed("the head");

/// The head's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) generation: u64,
    /// The set digest of all other records, base64url.
    pub(crate) digest: String,
    /// How many other records there are; not said by the first release.
    pub(crate) records: Option<u64>,
}

impl Head {
    /// # Errors
    /// [`Error::Unsupported`] for the head of a later format, whatever else is in it.
    pub(crate) fn read(mut members: Object) -> Result<Self> {
        let format = members.optional_number("format", MALFORMED)?;
        if format.is_some_and(|format| format > FORMAT) {
            return Err(Error::Unsupported(
                "a vault that a newer release wrote; reload to get the newer release",
            ));
        }
        Ok(members.decode(MALFORMED)?)
    }

    pub(crate) fn to_json(&self) -> Object {
        Object::encode(self)
    }
}

/// Which head a caller saw last: what tells a replay of the whole database.
///
/// Its text is `<revision>.<SHA-256 of the digest>`, base64url: whoever sees it learns nothing of the digest. Up to release
/// 0.1 it was the digest itself, which is still understood. Keep it outside the browser's storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastSeenHead(pub String);

impl LastSeenHead {
    pub(crate) fn new(revision: u64, head: &Head) -> Self {
        let digest = base64::encode(&sha256(&[head.digest.as_bytes()]));
        Self(dotted::join(&[&json::decimal(revision), &digest]))
    }

    /// As the first release wrote it.
    fn of_first_release(revision: u64, head: &Head) -> Self {
        Self(dotted::join(&[&json::decimal(revision), &head.digest]))
    }

    /// Refuses a head of an earlier revision than the one seen.
    pub(crate) fn check_age(&self, revision: u64) -> Result<()> {
        let older = self.revision()? > revision;
        let refused = Error::Integrity("an older copy of the whole vault");
        (!older).then_some(()).ok_or(refused)
    }

    /// Refuses a head older than the one seen, or another one of the same age.
    pub(crate) fn check(&self, revision: u64, head: &Head) -> Result<()> {
        self.check_age(revision)?;
        let same = [
            Self::new(revision, head),
            Self::of_first_release(revision, head),
        ];
        let forked = self.revision()? == revision && !same.contains(self);
        if forked {
            Err(Error::Integrity("an older copy of the whole vault"))
        } else {
            Ok(())
        }
    }

    fn revision(&self) -> Result<u64> {
        let [revision, _] = dotted::split(&self.0).ok_or(Error::Argument("lastSeenHead"))?;
        revision
            .parse()
            .map_err(|_| Error::Argument("lastSeenHead"))
    }
}

/// The key of the set digest: an HMAC key of its own.
pub(crate) struct MacKey(Secret<32>);

impl MacKey {
    pub(crate) fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.mac_secret()
            .map(Self)
            .ok_or(Error::Malformed("the digest's key"))
    }

    /// A new one, as its JWK.
    pub(crate) fn jwk(secret: Secret<32>) -> Jwk {
        Jwk::oct(secret).with("alg", "HS256")
    }

    /// Every part is preceded by its length, so that no two rows read the same.
    fn of_row(&self, row: &Row) -> [u8; 32] {
        let record_id = &row.record_id;
        let revision = row.revision.to_be_bytes();
        let parts = [
            record_id.kind.as_str().as_bytes(),
            record_id.id.as_bytes(),
            record_id.version.as_bytes(),
            &revision,
            &row.bytes,
        ];
        let mut framed = Vec::new();
        for part in parts {
            framed.extend_from_slice(&(part.len() as u64).to_be_bytes());
            framed.extend_from_slice(part);
        }
        hmac_sha256(&self.0, &framed)
    }
}

/// A sum of row digests modulo 2^256, big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SetDigest([u8; 32]);

impl SetDigest {
    /// Of all rows but the head.
    pub(crate) fn of<'a>(key: &MacKey, rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut digest = Self::default();
        rows.into_iter()
            .filter(|row| row.record_id.kind != RecordType::Head)
            .for_each(|row| digest.add(key, row));
        digest
    }

    pub(crate) fn parse(text: &str) -> InputResult<Self> {
        base64::decode_array(text, InputError::Malformed("the set digest")).map(Self)
    }

    pub(crate) fn encode(self) -> String {
        base64::encode(&self.0)
    }

    pub(crate) fn add(&mut self, key: &MacKey, row: &Row) {
        self.sum(key.of_row(row), 0);
    }

    pub(crate) fn remove(&mut self, key: &MacKey, row: &Row) {
        // −x = ¬x + 1 modulo 2^256.
        self.sum(key.of_row(row).map(|byte| !byte), 1);
    }

    fn sum(&mut self, term: [u8; 32], mut carry: u16) {
        for (byte, term) in self.0.iter_mut().zip(term).rev() {
            let sum = u16::from(*byte) + u16::from(term) + carry;
            *byte = sum.to_be_bytes()[1];
            carry = sum >> 8;
        }
    }
}

/// A set digest in the making, for rows that are read one page after the other.
pub struct MacSum {
    key: MacKey,
    digest: SetDigest,
    records: u64,
}

impl MacSum {
    pub(crate) fn new(key: MacKey) -> Self {
        Self {
            key,
            digest: SetDigest::default(),
            records: 0,
        }
    }

    /// Adds some rows; a head among them does not count.
    pub fn add(&mut self, rows: &[Row]) {
        for row in rows {
            if row.record_id.kind != RecordType::Head {
                self.digest.add(&self.key, row);
                self.records += 1;
            }
        }
    }

    pub(crate) fn total(&self) -> (SetDigest, u64) {
        (self.digest, self.records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::json::strict::is_strict, store::RecordId};

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Head>(r#"{"generation":1,"digest":"a"}"#, &[]);
        is_strict::<Head>(r#"{"generation":1,"digest":"a","records":9}"#, &[]);
    }

    fn row(id: &str, revision: u64, bytes: &[u8]) -> Row {
        Row {
            record_id: RecordId::new(RecordType::Key, id),
            revision,
            bytes: bytes.to_vec(),
        }
    }

    fn key() -> MacKey {
        MacKey(Secret::from_slice(&[7; 32]).expect("32 bytes"))
    }

    #[test]
    fn what_was_seen_does_not_give_the_digest_and_what_the_first_release_gave_is_understood() {
        let head = |digest: &str| Head {
            generation: 1,
            digest: digest.to_owned(),
            records: None,
        };
        let (now, other) = (head(&"d".repeat(43)), head(&"e".repeat(43)));
        let seen = LastSeenHead::new(7, &now);
        assert!(!seen.0.contains(&now.digest));
        let older = Err(Error::Integrity("an older copy of the whole vault"));
        for seen in [seen, LastSeenHead(["7.", &now.digest].concat())] {
            assert_eq!(seen.check(7, &now), Ok(()));
            assert_eq!(seen.check(8, &other), Ok(()));
            assert_eq!(seen.check(7, &other), older);
            assert_eq!(seen.check(6, &now), older);
        }
    }

    #[test]
    fn order_does_not_matter_and_removal_undoes_addition() {
        let (a, b) = (row("a", 1, b"x"), row("b", 1, b"y"));
        let mut digest = SetDigest::of(&key(), [&a, &b]);
        assert_eq!(digest, SetDigest::of(&key(), [&b, &a]));
        digest.remove(&key(), &a);
        assert_eq!(digest, SetDigest::of(&key(), [&b]));
        digest.remove(&key(), &b);
        assert_eq!(digest, SetDigest::default());
    }

    #[test]
    fn every_part_of_a_row_counts() {
        let base = SetDigest::of(&key(), [&row("a", 1, b"bc")]);
        for other in [
            row("b", 1, b"bc"),
            row("a", 2, b"bc"),
            row("a", 1, b"bd"),
            row("ab", 1, b"c"),
        ] {
            assert_ne!(base, SetDigest::of(&key(), [&other]));
        }
    }

    #[test]
    fn a_head_of_a_later_format_is_told_whatever_else_is_in_it() {
        let read = |text: &[u8]| Head::read(Object::parse(text, MALFORMED)?);
        let known = Head {
            generation: 1,
            digest: "a".into(),
            records: Some(9),
        };
        let text = br#"{"generation":1,"digest":"a","records":9}"#;
        assert_eq!(read(text), Ok(known.clone()));
        assert_eq!(known.to_json().text().as_bytes(), text);
        let named = br#"{"format":1,"generation":1,"digest":"a","records":9}"#;
        assert_eq!(read(named), Ok(known));
        for later in [
            &br#"{"format":2,"generation":1,"digest":"a","records":9}"#[..],
            br#"{"root":{"sizes":[]},"format":3}"#,
        ] {
            let refused = read(later).err();
            let told = refused.map(|error| (error.code(), error.to_string()));
            let (code, sentence) = told.expect("a refusal");
            assert_eq!(code, "ERR_UNSUPPORTED");
            assert!(sentence.ends_with("; reload to get the newer release"));
        }
        for malformed in [
            &br#"{"format":"2","generation":1,"digest":"a"}"#[..],
            br#"{"generation":1,"digest":"a","formats":2}"#,
        ] {
            assert_eq!(read(malformed), Err(MALFORMED.into()));
        }
    }

    #[test]
    fn an_older_or_forked_head_is_told() {
        let seen = |text: &str| LastSeenHead(text.to_owned());
        let head = |digest: &str| Head {
            generation: 1,
            digest: digest.to_owned(),
            records: None,
        };
        assert_eq!(seen("3.x").check(3, &head("x")), Ok(()));
        assert_eq!(seen("3.x").check(4, &head("y")), Ok(()));
        for (revision, digest) in [(2, "w"), (3, "y")] {
            let told = seen("3.x").check(revision, &head(digest));
            assert!(matches!(told, Err(Error::Integrity(_))));
        }
        let nonsense = seen("three").check(3, &head("y"));
        assert!(matches!(nonsense, Err(Error::Argument(_))));
    }
}

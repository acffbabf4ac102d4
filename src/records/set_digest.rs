//! The digest of a set: a sum modulo 2^256 of one keyed hash for each member.
//!
//! The sum does not depend on the order, and one changed member costs one subtraction and one addition
//! (Bellare and Micciancio, "A new paradigm for collision-free hashing", 1997: here keyed, so nobody without the key
//! can steer it).

use serde::{Deserialize, Serialize};

use crate::{
    base::{InputError, base64},
    store::{RecordType, Row},
};

use super::{Mac, MacKey};

/// A sum of MACs, big-endian; base64url in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct SetDigest(pub(super) Mac);

impl TryFrom<String> for SetDigest {
    type Error = InputError;

    fn try_from(text: String) -> Result<Self, InputError> {
        base64::decode_array(&text, InputError::Malformed("the set digest")).map(Self)
    }
}

impl From<SetDigest> for String {
    fn from(digest: SetDigest) -> Self {
        base64::encode(&digest.0)
    }
}

impl SetDigest {
    /// Of all rows but the head.
    pub(crate) fn of<'a>(key: &MacKey, rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut sum = MacSum::default();
        sum.add(key, rows);
        sum.digest
    }

    pub(crate) fn add(&mut self, mac: Mac) {
        self.sum(mac, 0);
    }

    pub(crate) fn remove(&mut self, mac: Mac) {
        // −x = ¬x + 1 modulo 2^256.
        self.sum(mac.map(|byte| !byte), 1);
    }

    fn sum(&mut self, term: Mac, mut carry: u16) {
        for (byte, term) in self.0.iter_mut().zip(term).rev() {
            let sum = u16::from(*byte) + u16::from(term) + carry;
            *byte = sum.to_be_bytes()[1];
            carry = sum >> 8;
        }
    }
}

/// A set digest in the making, for rows that are read one page after the other.
#[derive(Default)]
pub(crate) struct MacSum {
    pub(crate) digest: SetDigest,
    /// How many rows are in it.
    pub(crate) records: u64,
}

impl MacSum {
    /// Adds some rows; a head among them does not count.
    pub(crate) fn add<'a>(&mut self, key: &MacKey, rows: impl IntoIterator<Item = &'a Row>) {
        for row in rows {
            if row.record_id.kind != RecordType::Head {
                self.digest.add(key.of_row(row));
                self.records += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RecordId;

    fn row(id: &str) -> Row {
        Row {
            record_id: RecordId::new(RecordType::Key, id),
            revision: 1,
            bytes: id.as_bytes().to_vec(),
        }
    }

    #[test]
    fn order_does_not_matter_and_removal_undoes_addition() {
        let (key, a, b) = (MacKey::fixed(), row("a"), row("b"));
        let mut digest = SetDigest::of(&key, [&a, &b]);
        assert_eq!(digest, SetDigest::of(&key, [&b, &a]));
        digest.remove(key.of_row(&a));
        assert_eq!(digest, SetDigest::of(&key, [&b]));
        digest.remove(key.of_row(&b));
        assert_eq!(digest, SetDigest::default());
    }

    #[test]
    fn its_text_is_what_it_is_read_from() {
        let digest = SetDigest::of(&MacKey::fixed(), [&row("a")]);
        let text = String::from(digest);
        assert_eq!(SetDigest::try_from(text.clone()), Ok(digest));
        assert!(SetDigest::try_from(text[1..].to_owned()).is_err());
    }
}

//! What the record of recovery shares says of them: which set it is, and how many it takes (SLIP-39).

use serde::{Deserialize, Serialize};

use crate::base::{Error, InputError, Result};

use super::KitId;

/// A set of recovery shares, as it stands in its factor's record. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ShareSetRecord", into = "ShareSetRecord")]
pub struct ShareSet {
    id: KitId,
    identifier: u16,
    threshold: u8,
    shares: u8,
}

/// The same, its numbers still unchecked.
#[derive(Serialize, Deserialize)]
struct ShareSetRecord {
    id: KitId,
    identifier: u64,
    threshold: u64,
    shares: u64,
}

impl ShareSet {
    /// SLIP-39 has 15 bits for it.
    const IDENTIFIERS: u64 = 1 << 15;
    /// The most shares of a set.
    const MOST: u64 = 16;

    /// A set of that many shares, by the id of its secret and the identifier that each share bears.
    ///
    /// # Errors
    /// [`InputError::Malformed`] for numbers that no set has.
    pub(crate) fn new(id: KitId, identifier: u16, threshold: u8, shares: u8) -> Result<Self> {
        let (identifier, threshold) = (identifier.into(), threshold.into());
        let shares = shares.into();
        Self::try_from(ShareSetRecord {
            id,
            identifier,
            threshold,
            shares,
        })
    }

    /// The id of its secret: what proves which set it is.
    pub(crate) const fn id(&self) -> &KitId {
        &self.id
    }

    /// What its shares bear: enough to tell a share of another set, and no proof.
    pub(crate) const fn identifier(&self) -> u16 {
        self.identifier
    }

    /// How many shares open the vault.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// How many there are.
    #[must_use]
    pub const fn shares(&self) -> u8 {
        self.shares
    }
}

impl TryFrom<ShareSetRecord> for ShareSet {
    type Error = Error;

    fn try_from(record: ShareSetRecord) -> Result<Self> {
        let ShareSetRecord {
            id,
            identifier,
            threshold,
            shares,
        } = record;
        let alone = threshold == 1 && shares == 1;
        let several = threshold > 1 && (threshold..=Self::MOST).contains(&shares);
        if identifier >= Self::IDENTIFIERS || !(alone || several) {
            return Err(InputError::Malformed("a set of shares").into());
        }
        Ok(Self {
            id,
            identifier: identifier as u16,
            threshold: threshold as u8,
            shares: shares as u8,
        })
    }
}

impl From<ShareSet> for ShareSetRecord {
    fn from(set: ShareSet) -> Self {
        Self {
            id: set.id,
            identifier: set.identifier.into(),
            threshold: set.threshold.into(),
            shares: set.shares.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Object, json::strict::is_strict};

    fn read(identifier: i64, threshold: i64, shares: i64) -> bool {
        const MALFORMED: InputError = InputError::Malformed("a set of shares");
        let text = format!(
            r#"{{"id":"AAAAAAAAAAAAAAAAAAAAAA","identifier":{identifier},"threshold":{threshold},"shares":{shares}}}"#
        );
        let object = Object::parse(text.as_bytes(), MALFORMED);
        object
            .and_then(|object| object.decode::<ShareSet>(MALFORMED))
            .is_ok()
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<ShareSet>(
            r#"{"id":"AAAAAAAAAAAAAAAAAAAAAA","identifier":7,"threshold":2,"shares":3}"#,
            &["identifier", "shares"],
        );
    }

    #[test]
    fn numbers_are_those_of_a_set() {
        assert!(read(0, 1, 1) && read(32767, 2, 2) && read(7, 16, 16));
        for (identifier, threshold, shares) in [
            (32768, 2, 3),
            (-1, 2, 3),
            (7, 0, 0),
            (7, 0, 3),
            (7, 1, 2),
            (7, 3, 2),
            (7, 2, 17),
            (7, 17, 17),
            (7, 258, 259),
            (65543, 2, 3),
        ] {
            assert!(
                !read(identifier, threshold, shares),
                "{identifier}, {threshold} of {shares}"
            );
        }
    }
}

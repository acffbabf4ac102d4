//! How often keys are used: counted in memory, written in batches.

use serde::{Deserialize, Serialize};

use crate::{
    base::{InputError, InputResult, KeyId, Map, Object, Timestamp, VersionId},
    store::{RecordId, RecordType},
};

const MALFORMED: InputError = InputError::Malformed("use counts");

/// How often the versions of one key were used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The last time, in milliseconds since 1970.
    pub last: Timestamp,
    /// By the versions' ids.
    #[serde(with = "counts")]
    pub versions: Map<u64, VersionId>,
}

/// The counts as a record holds them: a list.
mod counts {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::base::{Map, VersionId};

    #[derive(Serialize, Deserialize)]
    struct Count<T> {
        id: T,
        uses: u64,
    }

    pub(crate) fn serialize<S: Serializer>(
        counts: &Map<u64, VersionId>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(counts.iter().map(|(id, uses)| Count { id, uses: *uses }))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Map<u64, VersionId>, D::Error> {
        let mut counts = Map::default();
        for Count { id, uses } in Vec::<Count<VersionId>>::deserialize(deserializer)? {
            *counts.of(&id) = uses;
        }
        Ok(counts)
    }
}

impl Usage {
    pub(crate) fn read(members: Object) -> InputResult<Self> {
        members.decode(MALFORMED)
    }

    /// The place of a key's use counts.
    pub(crate) fn record_id(key: &KeyId) -> RecordId {
        RecordId::new(RecordType::Usage, key.as_str())
    }

    /// How often a version was used.
    #[must_use]
    pub fn uses(&self, version: &VersionId) -> u64 {
        self.versions.get(version).copied().unwrap_or(0)
    }

    /// Counts one use.
    pub fn note(&mut self, version: &VersionId, now: Timestamp) {
        self.last = self.last.max(now);
        *self.versions.of(version) += 1;
    }

    /// Counts another's uses in.
    pub fn add(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
        for (version, uses) in other.versions.iter() {
            *self.versions.of(version) += uses;
        }
    }

    /// Takes another copy in, of each version the one that counted more.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
        for (version, uses) in other.versions.iter() {
            let own = self.versions.of(version);
            *own = (*own).max(*uses);
        }
    }

    /// Takes what was written out again.
    pub fn subtract(&mut self, written: &Self) {
        for (version, uses) in written.versions.iter() {
            if let Some(since) = self.versions.get_mut(version) {
                *since -= uses;
            }
        }
    }

    /// How often any version was used.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.versions.values().iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Usage>(r#"{"last":0,"versions":[]}"#, &[]);
        let text = r#"{"last":7,"versions":[{"id":"aaaaaaaaaaaaaaaaaaaaaA","uses":1},{"id":"bbbbbbbbbbbbbbbbbbbbbA","uses":2}]}"#;
        is_strict::<Usage>(text, &[]);
    }
}

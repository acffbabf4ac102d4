//! How often keys are used: counted in memory, written in batches, for each device apart.

use serde::{Deserialize, Serialize};

use crate::{
    base::{DeviceId, InputError, InputResult, KeyId, Map, Object, Timestamp, VersionId},
    store::{RecordId, RecordType},
};

const MALFORMED: InputError = InputError::Malformed("use counts");

/// Uses by the versions' ids.
type Counts = Map<u64, VersionId>;

/// How often the versions of one key were used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The last time, in milliseconds since 1970.
    pub last: Timestamp,
    /// By the versions' ids.
    pub versions: Map<u64, VersionId>,
}

impl Usage {
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
        add(&mut self.versions, &other.versions);
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
        let uses = self.versions.values().iter();
        uses.fold(0, |sum, uses| sum.saturating_add(*uses))
    }
}

/// The use counts of one key as they are stored: a counter for each device, so that two copies of a vault that counted
/// apart add up, and what both had in common does not count twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UsageRecord {
    last: Timestamp,
    /// What was counted before devices were told apart.
    #[serde(with = "counts")]
    versions: Counts,
    #[serde(default, skip_serializing_if = "is_empty", with = "devices")]
    devices: Map<Counts, DeviceId>,
}

impl UsageRecord {
    pub(crate) fn read(members: Object) -> InputResult<Self> {
        members.decode(MALFORMED)
    }

    /// The place of a key's use counts.
    pub(crate) fn record_id(key: &KeyId) -> RecordId {
        RecordId::new(RecordType::Usage, key.as_str())
    }

    /// Counts what was used on a device.
    pub(crate) fn count(&mut self, device: &DeviceId, used: &Usage) {
        self.last = self.last.max(used.last);
        add(self.devices.of(device), &used.versions);
    }

    /// Takes another copy in. Each device counts up alone, so of each the copy that counted further is the later one.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
        later(&mut self.versions, &other.versions);
        for (device, counts) in other.devices.iter() {
            later(self.devices.of(device), counts);
        }
    }

    /// What all devices counted.
    pub(crate) fn sum(&self) -> Usage {
        let mut versions = self.versions.clone();
        for counts in self.devices.values() {
            add(&mut versions, counts);
        }
        Usage {
            last: self.last,
            versions,
        }
    }
}

fn add(counts: &mut Counts, more: &Counts) {
    for (version, uses) in more.iter() {
        let own = counts.of(version);
        *own = own.saturating_add(*uses);
    }
}

fn later(counts: &mut Counts, other: &Counts) {
    for (version, uses) in other.iter() {
        let own = counts.of(version);
        *own = (*own).max(*uses);
    }
}

fn is_empty(devices: &Map<Counts, DeviceId>) -> bool {
    devices.values().is_empty()
}

/// The counts as a record holds them: a list.
mod counts {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Counts;
    use crate::base::VersionId;

    #[derive(Serialize, Deserialize)]
    struct Count<T> {
        id: T,
        uses: u64,
    }

    pub(super) fn serialize<S: Serializer>(
        counts: &Counts,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(counts.iter().map(|(id, uses)| Count { id, uses: *uses }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Counts, D::Error> {
        let mut counts = Counts::default();
        for Count { id, uses } in Vec::<Count<VersionId>>::deserialize(deserializer)? {
            *counts.of(&id) = uses;
        }
        Ok(counts)
    }
}

/// The counts of each device: a list too.
mod devices {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Counts;
    use crate::base::{DeviceId, Map};

    #[derive(Serialize)]
    struct Counter<'a> {
        id: &'a DeviceId,
        #[serde(with = "super::counts")]
        versions: &'a Counts,
    }

    #[derive(Deserialize)]
    struct OwnedCounter {
        id: DeviceId,
        #[serde(with = "super::counts")]
        versions: Counts,
    }

    pub(super) fn serialize<S: Serializer>(
        devices: &Map<Counts, DeviceId>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let counters = devices
            .iter()
            .map(|(id, versions)| Counter { id, versions });
        serializer.collect_seq(counters)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Map<Counts, DeviceId>, D::Error> {
        let mut devices = Map::default();
        for OwnedCounter { id, versions } in Vec::<OwnedCounter>::deserialize(deserializer)? {
            *devices.of(&id) = versions;
        }
        Ok(devices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<UsageRecord>(r#"{"last":0,"versions":[]}"#, &[]);
        let text = r#"{"last":7,"versions":[{"id":"aaaaaaaaaaaaaaaaaaaaaA","uses":1},{"id":"bbbbbbbbbbbbbbbbbbbbbA","uses":2}]}"#;
        is_strict::<UsageRecord>(text, &[]);
        let text = r#"{"last":7,"versions":[],"devices":[{"id":"cccccccccccccccccccccA","versions":[{"id":"aaaaaaaaaaaaaaaaaaaaaA","uses":1}]}]}"#;
        is_strict::<UsageRecord>(text, &[]);
    }
}

//! Which copy of a vault this is: what is counted on each device is told apart by it.

use serde::{Deserialize, Serialize};

use crate::{
    base::{DeviceId, Entropy, Result},
    store::Sequence,
};

/// The device that wrote a head. A restored copy of the vault has the head, and is another device: the two are told
/// apart by where the store counts, since the sequence of a new database begins at a random number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    /// How far the store's sequence is ahead of the head's revision. Both count commits, so it stays.
    ahead: u64,
}

impl Device {
    /// The device whose head this is, read at a sequence; a new one if the head came from elsewhere.
    ///
    /// The store could lie about its sequence, and have a new device drawn as often as it likes: what is counted is split
    /// among more of them then, and its sum stays.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub(crate) fn of_head(
        known: Option<&Self>,
        sequence: Sequence,
        revision: u64,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        let ahead = sequence.0.saturating_sub(revision);
        match known {
            Some(known) if known.ahead == ahead => Ok(known.clone()),
            _ => Ok(Self {
                id: DeviceId::generate(entropy)?,
                ahead,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SystemEntropy, json::strict::is_strict};

    fn of(known: Option<&Device>, sequence: u64, revision: u64) -> Device {
        Device::of_head(known, Sequence(sequence), revision, &SystemEntropy).expect("entropy")
    }

    #[test]
    fn a_device_stays_itself_from_commit_to_commit_and_a_copy_is_another() {
        let first = of(None, 1000, 1);
        assert_eq!(of(Some(&first), 1001, 2), first);
        assert_eq!(of(Some(&first), 1999, 1000), first);
        for (sequence, revision) in [(1000, 2), (1001, 1), (0, 1), (u64::MAX, 1)] {
            assert_ne!(of(Some(&first), sequence, revision).id, first.id);
        }
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Device>(r#"{"id":"aaaaaaaaaaaaaaaaaaaaaA","ahead":7}"#, &[]);
    }
}

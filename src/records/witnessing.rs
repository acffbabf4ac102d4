//! What a vault has seen of other logs, as their witness, and what witnesses have seen of its own.

use serde::{Deserialize, Serialize};

use crate::{
    audit::{Checkpoint, TreeHash},
    base::{DeviceId, Error, InputError, Json, LogId, Object, Result, Timestamp},
};

const MALFORMED: InputError = InputError::Malformed("what witnesses saw");

/// The record. It is of one device: a copy of the vault has another key to cosign with, and has seen nothing yet. Whoever took back the
/// copy of an older state, with the same key, would cosign what that had seen before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Witnessing {
    pub(crate) device: DeviceId,
    /// Each log that was cosigned, by its origin.
    pub(crate) witnessed: Vec<WitnessedLog>,
    /// The last cosignature of each witness of each log of this device.
    pub(crate) cosigned: Vec<CosignedHead>,
}

/// A log, as a witness remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "a log that was witnessed")]
pub(crate) struct WitnessedLog {
    pub(crate) origin: String,
    /// The key that signs its checkpoints.
    pub(crate) verifier: String,
    pub(crate) size: u64,
    pub(crate) root: String,
    pub(crate) at: Timestamp,
}

/// A checkpoint of a log of this device, as a witness cosigned it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "a checkpoint that was cosigned")]
pub(crate) struct CosignedHead {
    pub(crate) log: LogId,
    /// The witness's key, as C2SP `signed-note` writes one.
    pub(crate) witness: String,
    pub(crate) size: u64,
    pub(crate) root: String,
    /// By the witness's clock, in seconds since 1970.
    pub(crate) seconds: u64,
    /// The line below the note.
    pub(crate) line: String,
}

impl Witnessing {
    /// The most logs that a vault is a witness of: what is remembered of them is read with each unlock.
    pub(crate) const MOST_LOGS: usize = 64;
    /// The most cosignatures that are kept.
    pub(crate) const MOST_COSIGNED: usize = 32;

    pub(crate) fn none(device: DeviceId) -> Self {
        Self {
            device,
            witnessed: Vec::new(),
            cosigned: Vec::new(),
        }
    }

    /// The record, if it is of that device. What another one has seen is none of its business, whichever release wrote it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what a later release wrote: who does not know what was seen must not cosign.
    pub(crate) fn read(record: Object, device: &DeviceId) -> Result<Option<Self>> {
        const LATER: Error =
            Error::Unsupported("what a later version of strongroom has seen of logs");
        match record.get("device") {
            Some(Json::String(of)) if of != device.as_str() => Ok(None),
            _ => record
                .decode::<Self>(MALFORMED)
                .map(Some)
                .map_err(|_| LATER),
        }
    }

    /// Takes a cosignature in the place of an earlier one of the same witness and log.
    pub(crate) fn keep(&mut self, head: CosignedHead, written: Option<&LogId>) {
        self.cosigned
            .retain(|one| one.log != head.log || one.witness != head.witness);
        // Those of logs before go first, as they came; then the one that was taken first.
        while self.cosigned.len() >= Self::MOST_COSIGNED {
            let mut all = self.cosigned.iter();
            let old = all.position(|one| Some(&one.log) != written);
            self.cosigned.remove(old.unwrap_or(0));
        }
        self.cosigned.push(head);
    }
}

impl WitnessedLog {
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        checkpoint(self.size, &self.root)
    }
}

impl CosignedHead {
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        checkpoint(self.size, &self.root)
    }
}

fn checkpoint(size: u64, root: &str) -> Result<Checkpoint> {
    let root = TreeHash::from_base64(root)?;
    Ok(Checkpoint { size, root })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SystemEntropy, json::strict::is_strict};

    #[test]
    fn what_serde_would_accept_is_refused() {
        let id = "a".repeat(21) + "A";
        let log = r#"{"origin":"o","verifier":"v","size":1,"root":"r","at":1}"#;
        let head =
            format!(r#"{{"log":"{id}","witness":"w","size":1,"root":"r","seconds":1,"line":"l"}}"#);
        let text = format!(r#"{{"device":"{id}","witnessed":[{log}],"cosigned":[{head}]}}"#);
        is_strict::<Witnessing>(&text, &[]);
    }

    #[test]
    fn of_too_many_cosignatures_those_of_logs_before_go_first() {
        let log = || LogId::generate(&SystemEntropy).expect("entropy");
        let (old, new) = (log(), log());
        let head = |log: &LogId, witness: usize, size| CosignedHead {
            log: log.clone(),
            witness: witness.to_string(),
            size,
            root: String::new(),
            seconds: 1,
            line: String::new(),
        };
        let mut kept = Witnessing::none(DeviceId::generate(&SystemEntropy).expect("entropy"));
        kept.keep(head(&old, 0, 1), Some(&new));
        for witness in 0..Witnessing::MOST_COSIGNED {
            kept.keep(head(&new, witness, 1), Some(&new));
            kept.keep(head(&new, witness, 2), Some(&new));
        }
        assert_eq!(kept.cosigned.len(), Witnessing::MOST_COSIGNED);
        assert!(
            kept.cosigned
                .iter()
                .all(|one| one.log == new && one.size == 2)
        );
        // One more takes the place of the one that came first.
        kept.keep(head(&new, 0, 3), Some(&new));
        kept.keep(head(&new, 99, 1), Some(&new));
        assert_eq!(kept.cosigned.len(), Witnessing::MOST_COSIGNED);
        let has = |witness: &str| kept.cosigned.iter().any(|one| one.witness == witness);
        assert!(has("99") && has("0") && !has("1") && has("2"));
    }

    #[test]
    fn what_a_later_release_wrote_is_of_its_device_alone() {
        let device = || DeviceId::generate(&SystemEntropy).expect("entropy");
        let (own, other) = (device(), device());
        let none = Witnessing::none(own.clone());
        let record = Object::encode(&none);
        assert_eq!(Witnessing::read(record.clone(), &own), Ok(Some(none)));
        assert_eq!(Witnessing::read(record.clone(), &other), Ok(None));
        let later = record.with("later", 1);
        assert_eq!(Witnessing::read(later.clone(), &other), Ok(None));
        let unread = Witnessing::read(later, &own);
        assert!(matches!(unread, Err(Error::Unsupported(_))));
        let unnamed = Witnessing::read(Object::new(), &own);
        assert!(matches!(unnamed, Err(Error::Unsupported(_))));
    }
}

//! What a vault has seen of other logs, as their witness, and what witnesses have seen of its own.

use serde::{Deserialize, Serialize};

use crate::{
    audit::{Checkpoint, TreeHash},
    base::{DeviceId, Error, InputError, LogId, Object, Result, Timestamp},
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

    /// # Errors
    /// [`Error::Unsupported`] for what a later release wrote: who does not know what was seen must not cosign.
    pub(crate) fn read(record: Object) -> Result<Self> {
        let read = record.decode::<Self>(MALFORMED);
        read.map_err(|_| Error::Unsupported("what a later version of strongroom has seen of logs"))
    }

    /// Takes a cosignature in the place of an earlier one of the same witness and log.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where there are enough of the log that is written.
    pub(crate) fn keep(&mut self, head: CosignedHead, written: Option<&LogId>) -> Result<()> {
        self.cosigned
            .retain(|one| one.log != head.log || one.witness != head.witness);
        // Those of logs before go first, as they came.
        while self.cosigned.len() >= Self::MOST_COSIGNED {
            let mut all = self.cosigned.iter();
            let old = all.position(|one| Some(&one.log) != written);
            let old = old.ok_or(Error::TooLarge("cosignatures (32 witnesses)"))?;
            self.cosigned.remove(old);
        }
        self.cosigned.push(head);
        Ok(())
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
        kept.keep(head(&old, 0, 1), Some(&new)).expect("room");
        for witness in 0..Witnessing::MOST_COSIGNED {
            kept.keep(head(&new, witness, 1), Some(&new)).expect("room");
            kept.keep(head(&new, witness, 2), Some(&new)).expect("room");
        }
        assert_eq!(kept.cosigned.len(), Witnessing::MOST_COSIGNED);
        assert!(
            kept.cosigned
                .iter()
                .all(|one| one.log == new && one.size == 2)
        );
        let more = kept.keep(head(&new, 99, 1), Some(&new));
        assert!(matches!(more, Err(Error::TooLarge(_))));
    }
}

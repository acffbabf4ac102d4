//! What the head says of the audit log: as much as appending to it and verifying it take.

use serde::{Deserialize, Serialize};

use crate::{
    audit::{CompactRange, TreeHash},
    base::{DeviceId, Entropy, Error, InputError, InputResult, LogId, Result},
};

const MALFORMED: InputError = InputError::Malformed("the head's audit log");

/// An audit log's tree, and whose it is. It grows with the logarithm of the log's size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub(crate) struct LogHead {
    pub(crate) log: LogId,
    /// The device that writes it. Another one begins a log of its own.
    pub(crate) device: DeviceId,
    pub(crate) tree: CompactRange,
    /// Whether it was stopped: nothing is appended until it is started again.
    pub(crate) stopped: bool,
    /// Whether nothing is done whose entry cannot be written.
    pub(crate) fail_closed: bool,
}

impl LogHead {
    /// Of a log without entries.
    pub(crate) fn begin(device: &DeviceId, entropy: &dyn Entropy) -> InputResult<Self> {
        Ok(Self {
            log: LogId::generate(entropy)?,
            device: device.clone(),
            tree: CompactRange::empty(),
            stopped: false,
            fail_closed: false,
        })
    }

    /// Refuses what cannot come after another state of the same log, as far as the head tells.
    pub(crate) fn follows(&self, old: &Self) -> Result<()> {
        if self.log != old.log || old.tree.may_become(&self.tree) {
            Ok(())
        } else {
            Err(Error::Integrity("an older audit log"))
        }
    }
}

/// As it stands in the head: the roots of the tree's perfect trees, the largest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Written {
    log: LogId,
    device: DeviceId,
    size: u64,
    roots: Vec<String>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    stopped: bool,
    #[serde(
        default,
        rename = "failClosed",
        skip_serializing_if = "core::ops::Not::not"
    )]
    fail_closed: bool,
}

impl TryFrom<Written> for LogHead {
    type Error = InputError;

    fn try_from(written: Written) -> InputResult<Self> {
        let roots = written.roots.iter().map(|root| TreeHash::from_base64(root));
        let roots: core::result::Result<Vec<_>, _> = roots.collect();
        let tree = CompactRange::new(written.size, roots.map_err(|_| MALFORMED)?);
        Ok(Self {
            log: written.log,
            device: written.device,
            tree: tree.map_err(|_| MALFORMED)?,
            stopped: written.stopped,
            fail_closed: written.fail_closed,
        })
    }
}

impl From<LogHead> for Written {
    fn from(head: LogHead) -> Self {
        Self {
            log: head.log,
            device: head.device,
            size: head.tree.size(),
            roots: head.tree.roots().iter().map(TreeHash::to_base64).collect(),
            stopped: head.stopped,
            fail_closed: head.fail_closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Object, json::strict::is_strict};

    const TEXT: &str = r#"{"log":"aaaaaaaaaaaaaaaaaaaaaA","device":"bbbbbbbbbbbbbbbbbbbbbA","size":2,"roots":["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]}"#;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<LogHead>(TEXT, &[]);
        is_strict::<LogHead>(
            &TEXT.replace("]}", r#"],"stopped":true,"failClosed":true}"#),
            &[],
        );
    }

    #[test]
    fn a_tree_has_as_many_roots_as_its_size_has_bits() {
        let read =
            |text: &str| Object::parse(text.as_bytes(), MALFORMED)?.decode::<LogHead>(MALFORMED);
        assert!(read(TEXT).is_ok());
        for (from, to) in [
            (r#""size":2"#, r#""size":3"#),
            (r#""size":2"#, r#""size":0"#),
            ("47DEQ", "47DE="),
            ("=", ""),
        ] {
            assert!(read(&TEXT.replace(from, to)).is_err(), "{to}");
        }
    }
}

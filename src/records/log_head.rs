//! What the head says of the audit log: as much as appending to it and verifying it take.

use serde::{Deserialize, Serialize};

use crate::{
    audit::{CompactRange, PredecessorCut, TreeHash},
    base::{DeviceId, Entropy, Error, InputError, InputResult, LogId, Result, Timestamp},
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
    /// What is left of its first entries, where those were cut.
    pub(crate) cut: Option<HeadCut>,
    /// So many milliseconds entries are kept at least.
    pub(crate) retain: Option<u64>,
}

/// The first entries of a log that are not there any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeadCut {
    /// Their tree.
    pub(crate) tree: CompactRange,
    /// The number of the entry that says so.
    pub(crate) entry: u64,
    /// When.
    pub(crate) at: Timestamp,
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
            cut: None,
            retain: None,
        })
    }

    /// Whether what was cut is of its tree: the entry that says so is after those that it is about.
    pub(crate) fn fits(&self) -> bool {
        self.cut.as_ref().is_none_or(|cut| {
            (1..=cut.entry).contains(&cut.tree.size())
                && cut.entry < self.tree.size()
                && cut.tree.may_become(&self.tree)
        })
    }

    /// Refuses what cannot come after another state of the same log, as far as the head tells.
    pub(crate) fn follows(&self, old: &Self) -> Result<()> {
        // What was cut does not come back.
        let left = match (&old.cut, &self.cut) {
            (None, _) => true,
            (Some(old), Some(cut)) => {
                cut == old || (old.tree.may_become(&cut.tree) && old.entry < cut.entry)
            }
            (Some(_), None) => false,
        };
        if self.log != old.log || (old.tree.may_become(&self.tree) && left) {
            Ok(())
        } else {
            Err(Error::Integrity("an older audit log"))
        }
    }
}

impl HeadCut {
    /// As the log that came after says it.
    pub(crate) fn told(said: &PredecessorCut) -> InputResult<Self> {
        Ok(Self {
            tree: tree_of(said.size, &said.roots)?,
            entry: said.entry,
            at: said.at,
        })
    }

    /// For the log that comes after.
    pub(crate) fn tell(&self) -> PredecessorCut {
        PredecessorCut {
            size: self.tree.size(),
            roots: texts(&self.tree),
            entry: self.entry,
            at: self.at,
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
    cut: Option<WrittenCut>,
    retain: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename = "a cut")]
struct WrittenCut {
    size: u64,
    roots: Vec<String>,
    entry: u64,
    at: Timestamp,
}

/// A tree out of its roots.
fn tree_of(size: u64, roots: &[String]) -> InputResult<CompactRange> {
    let roots = roots.iter().map(|root| TreeHash::from_base64(root));
    let roots: core::result::Result<Vec<_>, _> = roots.collect();
    CompactRange::new(size, roots.map_err(|_| MALFORMED)?).map_err(|_| MALFORMED)
}

pub(crate) fn texts(tree: &CompactRange) -> Vec<String> {
    tree.roots().iter().map(TreeHash::to_base64).collect()
}

impl TryFrom<WrittenCut> for HeadCut {
    type Error = InputError;

    fn try_from(written: WrittenCut) -> InputResult<Self> {
        Ok(Self {
            tree: tree_of(written.size, &written.roots)?,
            entry: written.entry,
            at: written.at,
        })
    }
}

impl TryFrom<Written> for LogHead {
    type Error = InputError;

    fn try_from(written: Written) -> InputResult<Self> {
        let tree = tree_of(written.size, &written.roots)?;
        let cut = written.cut.map(HeadCut::try_from).transpose()?;
        let head = Self {
            log: written.log,
            device: written.device,
            tree,
            stopped: written.stopped,
            fail_closed: written.fail_closed,
            cut,
            retain: written.retain,
        };
        head.fits().then_some(head).ok_or(MALFORMED)
    }
}

impl From<LogHead> for Written {
    fn from(head: LogHead) -> Self {
        Self {
            log: head.log,
            device: head.device,
            size: head.tree.size(),
            roots: texts(&head.tree),
            stopped: head.stopped,
            fail_closed: head.fail_closed,
            cut: head.cut.map(|cut| WrittenCut {
                size: cut.tree.size(),
                roots: texts(&cut.tree),
                entry: cut.entry,
                at: cut.at,
            }),
            retain: head.retain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Object, json::strict::is_strict};

    const TEXT: &str = r#"{"log":"aaaaaaaaaaaaaaaaaaaaaA","device":"bbbbbbbbbbbbbbbbbbbbbA","size":2,"roots":["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]}"#;

    /// A head whose first entry was cut.
    fn cut(size: u64, entry: u64) -> String {
        let roots = r#"["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]"#;
        let cut = format!(r#"],"cut":{{"size":{size},"roots":{roots},"entry":{entry},"at":1}}}}"#);
        TEXT.replace("]}", &cut)
    }

    #[test]
    fn what_was_cut_is_before_the_entry_that_says_so_and_does_not_come_back() {
        let read =
            |text: &str| Object::parse(text.as_bytes(), MALFORMED)?.decode::<LogHead>(MALFORMED);
        let (whole, one) = (
            read(TEXT).expect("a head"),
            read(&cut(1, 1)).expect("a head"),
        );
        for (size, entry) in [(0, 1), (1, 0), (1, 2), (2, 1), (3, 1)] {
            assert!(read(&cut(size, entry)).is_err(), "{size} {entry}");
        }
        assert!(one.follows(&whole).is_ok() && one.follows(&one).is_ok());
        assert!(whole.follows(&one).is_err());
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<LogHead>(TEXT, &[]);
        is_strict::<LogHead>(
            &TEXT.replace("]}", r#"],"stopped":true,"failClosed":true,"retain":1}"#),
            &[],
        );
        is_strict::<LogHead>(&cut(1, 1), &[]);
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

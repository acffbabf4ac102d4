//! A batch, and what it is held to: the certificate to the vault's identity, the note to the certificate, and the tree that
//! its leaves lead to, to the note.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strongroom::audit::{Checkpoint, CompactRange, ConsistencyProof, NoteVerifier, TreeHash};
use strongroom::base::{DeviceId, LogId, VaultId};
use strongroom::jose::Signed;

use super::told::Told;

/// The `typ` of the statement of whose key it is that signs a log's checkpoints.
const TYP: &str = "sr-audit+jws";
const FORMAT: &str = "audit-batch-1";
const MOST: usize = 1000;
/// Entries of a log, as many as a number of JavaScript can count.
const LARGEST: u64 = 1 << 53;

/// What `vault.audit.ship` sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    strongroom: String,
    pub vault: String,
    pub log: String,
    pub device: String,
    pub first: u64,
    pub format: String,
    pub entries: Vec<Value>,
    pub leaves: Vec<String>,
    pub note: String,
    pub verifier: String,
    certificate: String,
    proof: Vec<String>,
    /// The tree of the entries before these, where those were cut from the log.
    #[serde(default)]
    cut: Option<CutTree>,
    #[serde(default)]
    pub after: Option<Preceding>,
}

/// A tree by its perfect trees.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CutTree {
    size: u64,
    roots: Vec<String>,
}

/// What a log says of the one before it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Preceding {
    /// Its id.
    pub log: String,
    /// How many entries it was left with.
    pub size: u64,
    /// The root of those.
    pub root: String,
}

/// Why a batch is not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none.
    Malformed(&'static str),
    /// Its signatures do not hold.
    Unsigned(&'static str),
    /// Another identity than the vault had at first sight says whose key it is.
    Identity,
    /// It does not continue what is known, of which there are so many entries.
    Elsewhere {
        /// What is known.
        size: u64,
        /// What is wrong.
        why: &'static str,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) | Self::Unsigned(why) | Self::Elsewhere { why, .. } => {
                f.write_str(why)
            }
            Self::Identity => f.write_str("another identity than the vault had at first sight"),
        }
    }
}

/// What a statement of the identity says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Certificate {
    vault: String,
    log: String,
    device: String,
    verifier: String,
}

/// A batch whose signatures hold, each by the key that it names.
pub struct Signatures {
    /// The thumbprint of the identity.
    pub identity: String,
    /// What the log's key signed.
    pub checkpoint: Checkpoint,
    /// The leaves' hashes.
    pub leaves: Vec<TreeHash>,
    /// What the entries say of themselves.
    pub told: Vec<Told>,
    /// The number after the last entry's.
    pub end: u64,
    proof: ConsistencyProof,
}

/// A log as far as it is known.
pub struct KnownLog {
    /// The tree of its entries.
    pub tree: CompactRange,
    /// The checkpoints that the tree has not passed, the largest last: each was signed, and must be kept.
    pub heads: Vec<Checkpoint>,
    /// How many entries the largest one has that came with a batch.
    pub signed: u64,
}

/// A log with a batch.
pub struct Continued {
    /// The log.
    pub log: KnownLog,
    /// Whether a checkpoint with more entries had been seen: it was set back, or the batch was sent again.
    pub older: bool,
}

impl Batch {
    /// Verifies what can be verified without knowing the vault.
    pub fn open(&self) -> Result<Signatures, Refusal> {
        use Refusal::{Malformed, Unsigned};
        let told = self.told()?;
        let signed =
            Signed::parse(&self.certificate, TYP).map_err(|_| Unsigned("no certificate"))?;
        let identity = signed.signer();
        let said = signed.verify(&identity);
        let said = said.map_err(|_| Unsigned("a certificate with another signature"))?;
        let said: Certificate = serde_json::from_slice(said)
            .map_err(|_| Unsigned("a certificate of something else"))?;
        let own = said.vault == self.vault
            && said.log == self.log
            && said.device == self.device
            && said.verifier == self.verifier;
        if !own {
            return Err(Unsigned("a certificate of another log"));
        }
        let verifier = NoteVerifier::parse(&self.verifier).map_err(|_| Unsigned("no verifier"))?;
        if verifier.name() != format!("strongroom/{}/{}", self.vault, self.log) {
            return Err(Unsigned("a verifier of another log"));
        }
        let checkpoint = Checkpoint::open(self.note.as_bytes(), &verifier)
            .map_err(|_| Unsigned("a note that its log did not sign"))?;
        if checkpoint.size > LARGEST {
            return Err(Malformed(
                "a checkpoint of more entries than can be counted",
            ));
        }
        Ok(Signatures {
            identity: identity.as_str().to_owned(),
            checkpoint,
            leaves: hashes(&self.leaves).ok_or(Malformed("a leaf that is no hash"))?,
            end: self.first + told.len() as u64,
            told,
            proof: hashes(&self.proof)
                .and_then(|hashes| ConsistencyProof::new(hashes).ok())
                .ok_or(Malformed("no consistency proof"))?,
        })
    }

    /// What a receiver that has nothing of the log begins with, where the entries before these were cut.
    pub fn beginning(&self) -> Option<CompactRange> {
        let cut = self.cut.as_ref()?;
        let roots = hashes(&cut.roots)?;
        let fits = cut.size == self.first && cut.size <= LARGEST && self.after.is_none();
        CompactRange::new(cut.size, roots).ok().filter(|_| fits)
    }

    /// What the entries say, of a batch that is one.
    fn told(&self) -> Result<Vec<Told>, Refusal> {
        use Refusal::Malformed;
        if self.strongroom != FORMAT || !matches!(&*self.format, "ocsf" | "entries") {
            return Err(Malformed("not a batch of this format"));
        }
        let (vault, log) = (self.vault.parse::<VaultId>(), self.log.parse::<LogId>());
        if vault.is_err() || log.is_err() || self.device.parse::<DeviceId>().is_err() {
            return Err(Malformed("an id that is none"));
        }
        if self.cut.is_some() && self.beginning().is_none() {
            return Err(Malformed("a tree of what was cut that is none"));
        }
        if self.after.as_ref().is_some_and(|after| !after.is_one()) {
            return Err(Malformed("a log before it that is none"));
        }
        if self.entries.is_empty() || self.entries.len() > MOST {
            return Err(Malformed("no entry, or more than 1,000"));
        }
        if self.leaves.len() != self.entries.len() {
            return Err(Malformed("not a leaf for each entry"));
        }
        let mut told = Vec::with_capacity(self.entries.len());
        for (at, entry) in self.entries.iter().enumerate() {
            let entry = Told::of(entry, &self.format).ok_or(Malformed("an entry that is none"))?;
            let number = self.first.checked_add(at as u64);
            if number != Some(entry.sequence) || entry.sequence >= LARGEST {
                return Err(Malformed("an entry with another number"));
            }
            told.push(entry);
        }
        Ok(told)
    }
}

impl Preceding {
    fn is_one(&self) -> bool {
        self.log.parse::<LogId>().is_ok()
            && self.size <= LARGEST
            && TreeHash::from_base64(&self.root).is_ok()
    }
}

impl Signatures {
    /// The log with the leaves from `skip` on, which it has not yet: they must lead to the checkpoint, and pass each one that
    /// was seen before. A batch without such leaves must have none that differs, and can have an older one.
    pub fn continued(self, known: Option<KnownLog>, skip: usize) -> Result<Continued, Refusal> {
        let (mut tree, mut heads, signed) = match known {
            Some(known) => (known.tree, known.heads, known.signed),
            None => (CompactRange::empty(), Vec::new(), 0),
        };
        let size = tree.size();
        let elsewhere = |why| Refusal::Elsewhere { size, why };
        let head = self.checkpoint;
        let differs = |seen: &Checkpoint| seen.size == head.size && seen.root != head.root;
        if heads.iter().any(differs) || (head.size == size && head.root != tree.root()) {
            return Err(elsewhere(
                "another checkpoint of as many entries as before: a fork",
            ));
        }
        // A witness may have been shown a later one while the batch was on its way.
        let older = head.size < size || head.size < signed;
        if older && skip < self.leaves.len() {
            return Err(elsewhere(
                "a checkpoint that does not continue the one before: set back, or a fork",
            ));
        }
        for leaf in self.leaves.iter().skip(skip) {
            tree.append(*leaf)
                .map_err(|_| elsewhere("too many entries"))?;
            let passes = |seen: &Checkpoint| seen.size != tree.size() || seen.root == tree.root();
            if !heads.iter().all(passes) {
                return Err(elsewhere("other entries than were signed before: a fork"));
            }
        }
        if self.end == tree.size() && head.size >= size && !self.leads(&tree) {
            return Err(elsewhere("entries that do not lead to the signed root"));
        }
        if !heads.contains(&head) {
            heads.push(head);
        }
        heads.retain(|seen| seen.size >= tree.size());
        heads.sort_by_key(|seen| seen.size);
        Ok(Continued {
            log: KnownLog {
                tree,
                heads,
                signed: signed.max(head.size),
            },
            older,
        })
    }

    /// Whether the tree is in that of the checkpoint.
    fn leads(&self, tree: &CompactRange) -> bool {
        let Checkpoint { size, root } = self.checkpoint;
        if tree.size() == size {
            return tree.root() == root;
        }
        let proven = self
            .proof
            .verify((tree.size(), &tree.root()), (size, &root));
        tree.size() < size && proven.is_ok()
    }
}

fn hashes(texts: &[String]) -> Option<Vec<TreeHash>> {
    let read = texts.iter().map(|text| TreeHash::from_base64(text));
    read.collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(of: u64) -> TreeHash {
        TreeHash::of_leaf(&of.to_be_bytes())
    }

    fn tree_of(leaves: &[TreeHash]) -> CompactRange {
        CompactRange::of_leaves(leaves)
    }

    fn checkpoint_of(leaves: &[TreeHash]) -> Checkpoint {
        let tree = tree_of(leaves);
        Checkpoint {
            size: tree.size(),
            root: tree.root(),
        }
    }

    /// The leaves from `first` to `end` of a log, with its checkpoint.
    fn sent(log: &[TreeHash], first: usize, end: usize) -> Signatures {
        let proof = if end < log.len() && end > 0 {
            ConsistencyProof::prove(log, end as u64).expect("a size of it")
        } else {
            ConsistencyProof::new(Vec::new()).expect("no hashes")
        };
        Signatures {
            identity: String::new(),
            checkpoint: checkpoint_of(log),
            leaves: log[first..end].to_vec(),
            told: Vec::new(),
            end: end as u64,
            proof,
        }
    }

    fn known(log: &[TreeHash], size: usize) -> Option<KnownLog> {
        Some(KnownLog {
            tree: tree_of(&log[..size]),
            heads: vec![checkpoint_of(log)],
            signed: log.len() as u64,
        })
    }

    #[test]
    fn a_log_goes_on_and_none_that_was_set_back_or_forked_takes_its_place() {
        let log: Vec<_> = (0..9).map(leaf).collect();
        for first in 0..9 {
            for end in first + 1..=9 {
                let before = (first > 0).then(|| known(&log[..9], first)).flatten();
                let taken = sent(&log, first, end).continued(before, 0);
                let size = taken.ok().map(|taken| taken.log.tree.size());
                assert_eq!(size, Some(end as u64), "{first} to {end}");
            }
        }
        // Nine were signed, and the log has six.
        let back = sent(&log[..6], 4, 6).continued(known(&log, 4), 0);
        assert!(matches!(back, Err(Refusal::Elsewhere { size: 4, .. })));
        // As many as before, and the last one is another.
        let mut fork = log.clone();
        fork[8] = leaf(100);
        let forked = sent(&fork, 4, 6).continued(known(&log, 4), 0);
        assert!(matches!(forked, Err(Refusal::Elsewhere { size: 4, .. })));
        // It has more, and passes another one than was signed.
        fork.push(leaf(9));
        let passed = sent(&fork, 4, 10).continued(known(&log, 4), 0);
        assert!(matches!(passed, Err(Refusal::Elsewhere { size: 4, .. })));
        // What is known is left out.
        let overlaps = sent(&log, 2, 9).continued(known(&log, 4), 2);
        assert_eq!(overlaps.ok().map(|taken| taken.log.tree.size()), Some(9));
    }

    #[test]
    fn each_checkpoint_holds_until_the_tree_has_passed_it_and_a_batch_that_is_known_says_no_other()
    {
        let log: Vec<_> = (0..12).map(leaf).collect();
        let mut fork = log.clone();
        fork[8] = leaf(100);
        let elsewhere = |taken: Result<Continued, Refusal>| {
            matches!(taken, Err(Refusal::Elsewhere { size: 4, .. }))
        };
        // Nine were signed. A fork with twelve proves itself for the four that are known, and is seen when the tree gets there.
        let taken = sent(&fork, 4, 6).continued(known(&log[..9], 4), 0);
        let taken = taken.expect("nothing differs yet").log;
        let sizes: Vec<_> = taken.heads.iter().map(|head| head.size).collect();
        assert_eq!(sizes, [9, 12]);
        let passed = sent(&fork, 6, 12).continued(Some(taken), 0);
        assert!(matches!(passed, Err(Refusal::Elsewhere { size: 6, .. })));
        // Entries that are known, with a checkpoint of as many, an older one, a later one, and one that they do not lead to.
        assert!(elsewhere(
            sent(&fork[..9], 0, 4).continued(known(&log[..9], 4), 4)
        ));
        let older = sent(&log[..8], 0, 4).continued(known(&log[..9], 4), 4);
        let older = older.expect("known entries");
        assert!(older.older);
        let sizes: Vec<_> = older.log.heads.iter().map(|head| head.size).collect();
        assert_eq!(sizes, [8, 9]);
        let later = sent(&log, 0, 4).continued(known(&log[..9], 4), 4);
        assert!(later.is_ok_and(|later| !later.older && later.log.heads.len() == 2));
        let mut other = log.clone();
        other[2] = leaf(100);
        let mut wrong = sent(&other, 0, 4);
        wrong.leaves = log[..4].to_vec();
        assert!(elsewhere(wrong.continued(known(&log[..9], 4), 4)));
        // As many as the tree has, and another root.
        let mut root = sent(&other[..4], 0, 4);
        root.leaves = log[..4].to_vec();
        assert!(elsewhere(root.continued(known(&log[..9], 4), 4)));
    }
}

//! A batch, and what it is held to: the certificate to the vault's identity, the note to the certificate, and the tree that
//! its leaves lead to, to the note.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use strongroom::audit::{Checkpoint, CompactRange, ConsistencyProof, NoteVerifier, TreeHash};
use strongroom::jose::Signed;

/// The `typ` of the statement of whose key it is that signs a log's checkpoints.
const TYP: &str = "sr-audit+jws";
const FORMAT: &str = "audit-batch-1";
const MOST: usize = 1000;

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
    #[serde(default)]
    pub after: Option<Value>,
}

/// Why a batch is not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none, or its signatures do not hold.
    Malformed(&'static str),
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
            Self::Malformed(why) | Self::Elsewhere { why, .. } => f.write_str(why),
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
    proof: ConsistencyProof,
}

/// A log as far as it is known.
pub struct KnownLog {
    /// The tree of its entries.
    pub tree: CompactRange,
    /// The latest checkpoint, which may have more entries.
    pub signed: Checkpoint,
}

impl Batch {
    /// Verifies what can be verified without knowing the vault.
    pub fn open(&self) -> Result<Signatures, Refusal> {
        use Refusal::Malformed;
        if self.strongroom != FORMAT || !matches!(&*self.format, "ocsf" | "entries") {
            return Err(Malformed("not a batch of this format"));
        }
        if self.leaves.len() != self.entries.len() || self.leaves.len() > MOST {
            return Err(Malformed("not a leaf for each entry, or more than 1,000"));
        }
        for (at, entry) in self.entries.iter().enumerate() {
            let sequence = match &*self.format {
                "ocsf" => entry.pointer("/metadata/sequence"),
                _ => entry.get("sequence"),
            };
            if sequence.and_then(Value::as_u64) != self.first.checked_add(at as u64) {
                return Err(Malformed("an entry with another number"));
            }
        }
        let signed =
            Signed::parse(&self.certificate, TYP).map_err(|_| Malformed("no certificate"))?;
        let identity = signed.signer();
        let said = signed.verify(&identity);
        let said = said.map_err(|_| Malformed("a certificate with another signature"))?;
        let said: Certificate = serde_json::from_slice(said)
            .map_err(|_| Malformed("a certificate of something else"))?;
        let own = said.vault == self.vault
            && said.log == self.log
            && said.device == self.device
            && said.verifier == self.verifier;
        if !own {
            return Err(Malformed("a certificate of another log"));
        }
        let verifier = NoteVerifier::parse(&self.verifier).map_err(|_| Malformed("no verifier"))?;
        if verifier.name() != format!("strongroom/{}/{}", self.vault, self.log) {
            return Err(Malformed("a verifier of another log"));
        }
        let checkpoint = Checkpoint::open(self.note.as_bytes(), &verifier);
        Ok(Signatures {
            identity: identity.as_str().to_owned(),
            checkpoint: checkpoint.map_err(|_| Malformed("a note that its log did not sign"))?,
            leaves: hashes(&self.leaves).ok_or(Malformed("a leaf that is no hash"))?,
            proof: hashes(&self.proof)
                .and_then(|hashes| ConsistencyProof::new(hashes).ok())
                .ok_or(Malformed("no consistency proof"))?,
        })
    }
}

impl Signatures {
    /// The log with the leaves from `skip` on, which it has not yet: they must lead to the checkpoint, and pass the one that was
    /// seen before.
    pub fn continued(self, known: Option<KnownLog>, skip: usize) -> Result<KnownLog, Refusal> {
        let (mut tree, seen) = match known {
            Some(known) => (known.tree, Some(known.signed)),
            None => (CompactRange::empty(), None),
        };
        let size = tree.size();
        let elsewhere = |why| Refusal::Elsewhere { size, why };
        let Checkpoint { size: all, root } = self.checkpoint;
        if seen.is_some_and(|seen| all < seen.size || (all == seen.size && root != seen.root)) {
            return Err(elsewhere(
                "a checkpoint that does not continue the one before: set back, or a fork",
            ));
        }
        for leaf in self.leaves.iter().skip(skip) {
            tree.append(*leaf)
                .map_err(|_| elsewhere("too many entries"))?;
            let passes = |seen: Checkpoint| seen.size != tree.size() || seen.root == tree.root();
            if !seen.is_none_or(passes) {
                return Err(elsewhere("other entries than were signed before: a fork"));
            }
        }
        let leads = if tree.size() == all {
            tree.root() == root
        } else {
            let proven = self.proof.verify((tree.size(), &tree.root()), (all, &root));
            tree.size() < all && proven.is_ok()
        };
        if !leads {
            return Err(elsewhere("entries that do not lead to the signed root"));
        }
        Ok(KnownLog {
            tree,
            signed: self.checkpoint,
        })
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
            proof,
        }
    }

    fn known(log: &[TreeHash], size: usize) -> Option<KnownLog> {
        Some(KnownLog {
            tree: tree_of(&log[..size]),
            signed: checkpoint_of(log),
        })
    }

    #[test]
    fn a_log_goes_on_and_none_that_was_set_back_or_forked_takes_its_place() {
        let log: Vec<_> = (0..9).map(leaf).collect();
        for first in 0..9 {
            for end in first..=9 {
                let before = (first > 0).then(|| known(&log[..9], first)).flatten();
                let taken = sent(&log, first, end).continued(before, 0);
                let size = taken.ok().map(|taken| taken.tree.size());
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
        assert_eq!(overlaps.ok().map(|taken| taken.tree.size()), Some(9));
    }
}

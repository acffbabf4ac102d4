//! What a witness is asked, and what it holds that to: `add-checkpoint` of C2SP's `tlog-witness`.

use crate::base::{InputError, WitnessFault, json};

use super::{
    Checkpoint, ConsistencyProof, Error, NoteVerifier, Result, TreeHash, checkpoint::read_decimal,
};

const OLD: &str = "old ";
/// The most hashes of a proof in a request.
const MOST: usize = 63;
/// The most bytes that are read: a note, and 63 hashes before it.
const MAX_BYTES: usize = 264 * 1024;
const MALFORMED: InputError = InputError::Malformed("an add-checkpoint request");

/// A checkpoint that a witness is to cosign, and that it continues what the witness has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// How many entries the log had when the witness cosigned it last; 0 where it never did.
    pub old: u64,
    /// That the checkpoint's tree continues that one.
    pub proof: ConsistencyProof,
    /// The signed note of the checkpoint.
    pub note: String,
}

impl AddCheckpoint {
    /// The request as a text: the body of the POST.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = [OLD, &json::decimal(self.old), "\n"].concat();
        for hash in self.proof.hashes() {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.note);
        text
    }

    /// Reads a request of which nothing is verified yet.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 264 KiB; [`Error::Malformed`], also for more than 63 hashes.
    pub fn parse(text: &[u8]) -> Result<Self> {
        if text.len() > MAX_BYTES {
            return Err(Error::TooLarge("an add-checkpoint request (264 KiB)"));
        }
        let text = core::str::from_utf8(text).map_err(|_| MALFORMED)?;
        // A checkpoint has an empty line too: the first one ends the proof.
        let (head, note) = text.split_once("\n\n").ok_or(MALFORMED)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix(OLD));
        let hashes: Result<Vec<_>> = lines.map(TreeHash::from_base64).collect();
        let hashes = hashes?;
        if hashes.len() > MOST {
            return Err(MALFORMED.into());
        }
        Ok(Self {
            old: old.and_then(read_decimal).ok_or(MALFORMED)?,
            proof: ConsistencyProof::new(hashes)?,
            note: note.to_owned(),
        })
    }

    /// The log that the checkpoint says to be of, which nobody has proven yet.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.note.split('\n').next().unwrap_or_default()
    }

    /// The checkpoint, if that log signed it and it continues what is known of the log. Whoever cosigns it stores it before.
    ///
    /// # Errors
    /// [`Error::Witness`], whose reasons are in the order of the specification's checks; what [`Checkpoint::open`] says of what is no
    /// checkpoint.
    pub fn check(&self, log: &NoteVerifier, known: Option<&Checkpoint>) -> Result<Checkpoint> {
        let fault = |fault| Err(Error::Witness(fault));
        if self.origin() != log.name() {
            return fault(WitnessFault::UnknownLog);
        }
        let head = match Checkpoint::open(self.note.as_bytes(), log) {
            Err(Error::Decrypt) => return fault(WitnessFault::UnknownLog),
            opened => opened?,
        };
        let empty = Checkpoint {
            size: 0,
            root: TreeHash::of_empty_tree(),
        };
        let known = known.unwrap_or(&empty);
        if self.old > head.size {
            return fault(WitnessFault::Smaller(known.size));
        }
        if self.old != known.size {
            return fault(WitnessFault::Size(known.size));
        }
        if head.size == known.size && head.root != known.root {
            return fault(WitnessFault::Forked(known.size));
        }
        let verified = self
            .proof
            .verify((known.size, &known.root), (head.size, &head.root));
        if verified.is_err() {
            return fault(WitnessFault::Proof(known.size));
        }
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{audit::NoteSigner, base::SystemEntropy, jose::SigningKey};

    fn signer(name: &str) -> NoteSigner {
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        NoteSigner::new(name, key).expect("a name")
    }

    fn leaves(range: core::ops::Range<u8>) -> Vec<TreeHash> {
        range.map(|byte| TreeHash::of_leaf(&[byte])).collect()
    }

    fn head(leaves: &[TreeHash]) -> Checkpoint {
        let root = crate::audit::CompactRange::of_leaves(leaves).root();
        let size = leaves.len() as u64;
        Checkpoint { size, root }
    }

    fn request(log: &NoteSigner, leaves: &[TreeHash], old: u64) -> AddCheckpoint {
        AddCheckpoint {
            old,
            proof: ConsistencyProof::prove(leaves, old).expect("a size"),
            note: head(leaves).sign(log, &SystemEntropy).expect("a note"),
        }
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let (log, leaves) = (signer("log"), leaves(0..9));
        for old in 0..=9 {
            let asked = request(&log, &leaves, old);
            let text = asked.to_text();
            assert!(text.starts_with(&format!("old {old}\n")));
            assert_eq!(AddCheckpoint::parse(text.as_bytes()), Ok(asked.clone()));
            let known = (old > 0).then(|| head(&leaves[..old as usize]));
            let checked = asked.check(log.verifier(), known.as_ref());
            assert_eq!(checked, Ok(head(&leaves)));
        }
        let text = request(&log, &leaves, 4).to_text();
        let hash = TreeHash::of_empty_tree().to_base64();
        for bad in [
            "".into(),
            "\n\n".into(),
            text.replace("old 4\n", ""),
            text.replace("old 4", "old"),
            text.replace("old 4", "old  4"),
            text.replace("old 4", "old 04"),
            text.replace("old 4", "old +4"),
            text.replace("old 4", "old 18446744073709551616"),
            text.replace("old 4\n", "old 4\r\n"),
            text.replace("old 4\n", "old 4\nAAAA\n"),
            text.replace(
                "old 4\n",
                &format!("old 4\n{}", format!("{hash}\n").repeat(64)),
            ),
        ] {
            let refused = AddCheckpoint::parse(bad.as_bytes());
            assert!(matches!(refused, Err(Error::Malformed(_))), "{bad:?}");
        }
        assert!(AddCheckpoint::parse(b"old 4\n\n\xff").is_err());
        let large = [text, " ".repeat(MAX_BYTES)].concat();
        let refused = AddCheckpoint::parse(large.as_bytes());
        assert!(matches!(refused, Err(Error::TooLarge(_))));
    }

    #[test]
    fn what_does_not_continue_what_is_known_is_refused_and_told_apart() {
        let (log, stranger) = (signer("log"), signer("log"));
        let (long, fork) = (leaves(0..9), [leaves(0..3), leaves(90..96)].concat());
        let known = head(&long[..6]);
        let refused = |asked: &AddCheckpoint| match asked.check(log.verifier(), Some(&known)) {
            Err(Error::Witness(fault)) => Some(fault),
            _ => None,
        };
        // Of another key, of another origin.
        let forged = request(&stranger, &long, 6);
        assert_eq!(refused(&forged), Some(WitnessFault::UnknownLog));
        let other = request(&signer("other"), &long, 6);
        assert_eq!(refused(&other), Some(WitnessFault::UnknownLog));
        // An older one again, by the size that it came with and by the one that is known; from another size.
        let replayed = request(&log, &long[..4], 2);
        assert_eq!(refused(&replayed), Some(WitnessFault::Size(6)));
        let smaller = AddCheckpoint {
            old: 6,
            ..request(&log, &long[..4], 4)
        };
        assert_eq!(refused(&smaller), Some(WitnessFault::Smaller(6)));
        for old in [0, 5, 7] {
            let elsewhere = request(&log, &long, old);
            assert_eq!(refused(&elsewhere), Some(WitnessFault::Size(6)));
        }
        // A fork of the same size, a fork that goes on, and its own proof or another one.
        let same = request(&log, &fork[..6], 6);
        assert_eq!(refused(&same), Some(WitnessFault::Forked(6)));
        let longer = request(&log, &fork, 6);
        assert_eq!(refused(&longer), Some(WitnessFault::Proof(6)));
        let right = request(&log, &long, 6);
        let borrowed = AddCheckpoint {
            proof: right.proof.clone(),
            ..longer
        };
        assert_eq!(refused(&borrowed), Some(WitnessFault::Proof(6)));
        let none = AddCheckpoint {
            proof: ConsistencyProof::new(Vec::new()).expect("none"),
            ..right.clone()
        };
        assert_eq!(refused(&none), Some(WitnessFault::Proof(6)));
        // The same one again is fine; a proof that proves nothing is not.
        assert!(
            request(&log, &long[..6], 6)
                .check(log.verifier(), Some(&known))
                .is_ok()
        );
        let more = AddCheckpoint {
            proof: right.proof.clone(),
            ..request(&log, &long[..6], 6)
        };
        assert_eq!(refused(&more), Some(WitnessFault::Proof(6)));
        assert_eq!(right.check(log.verifier(), Some(&known)), Ok(head(&long)));
    }
}

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
/// A log has fewer entries than that: what remembers it counts by numbers that JSON readers hold exactly.
const ENTRIES: u64 = 1 << 53;
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
    /// As [`open`](Self::open) and [`continues`](Self::continues).
    pub fn check(&self, log: &NoteVerifier, known: Option<&Checkpoint>) -> Result<Checkpoint> {
        let head = self.open(log)?;
        self.continues(&head, known)?;
        Ok(head)
    }

    /// The checkpoint, if that log signed it. Nothing says yet whether it continues anything.
    ///
    /// # Errors
    /// [`Error::Witness`] where another key signed it; what [`Checkpoint::open`] says of what is no checkpoint; [`Error::Malformed`] also
    /// for one of 2^53 entries or more, and for a note with the same signature twice.
    pub fn open(&self, log: &NoteVerifier) -> Result<Checkpoint> {
        let fault = |fault| Err(Error::Witness(fault));
        if self.origin() != log.name() {
            return fault(WitnessFault::UnknownLog);
        }
        // Each is verified: who repeats the right one costs as much as all of them.
        let lines = self.note.rsplit("\n\n").next().unwrap_or_default();
        let lines: Vec<_> = lines.lines().collect();
        let twice = |(at, line)| lines[..at].contains(line);
        if lines.iter().enumerate().any(twice) {
            return Err(MALFORMED.into());
        }
        let head = match Checkpoint::open(self.note.as_bytes(), log) {
            Err(Error::Decrypt) => return fault(WitnessFault::UnknownLog),
            opened => opened?,
        };
        if head.size >= ENTRIES {
            return Err(MALFORMED.into());
        }
        Ok(head)
    }

    /// Whether a checkpoint, that of [`open`](Self::open), continues what is known of its log.
    ///
    /// # Errors
    /// [`Error::Witness`], whose reasons are in the order of the specification's checks; [`Error::Malformed`] where the request begins with
    /// more entries than the checkpoint has, which no log of fewer entries is to be told by: nobody has signed that number.
    pub fn continues(&self, head: &Checkpoint, known: Option<&Checkpoint>) -> Result<()> {
        let fault = |fault| Err(Error::Witness(fault));
        let empty = Checkpoint {
            size: 0,
            root: TreeHash::of_empty_tree(),
        };
        let known = known.unwrap_or(&empty);
        if self.old > head.size {
            return match head.size < known.size {
                true => fault(WitnessFault::Smaller(known.size)),
                false => Err(MALFORMED.into()),
            };
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
        Ok(())
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
    fn a_checkpoint_of_more_entries_than_can_be_kept_is_refused() {
        let (log, root) = (signer("log"), TreeHash::of_leaf(b"a"));
        for (size, fine) in [
            (ENTRIES - 1, true),
            (ENTRIES, false),
            (ENTRIES + 1, false),
            (u64::MAX, false),
        ] {
            let asked = AddCheckpoint {
                old: 0,
                proof: ConsistencyProof::new(Vec::new()).expect("none"),
                note: Checkpoint { size, root }
                    .sign(&log, &SystemEntropy)
                    .expect("a note"),
            };
            let checked = asked.check(log.verifier(), None);
            assert_eq!(checked.is_ok(), fine, "{size}");
            assert!(fine || matches!(checked, Err(Error::Malformed(_))));
        }
    }

    #[test]
    fn the_same_signature_twice_is_refused() {
        let (log, leaves) = (signer("log"), leaves(0..3));
        let asked = request(&log, &leaves, 0);
        let line = asked
            .note
            .split_inclusive('\n')
            .next_back()
            .expect("a line");
        let twice = AddCheckpoint {
            note: [&*asked.note, line].concat(),
            ..asked.clone()
        };
        let told = twice.check(log.verifier(), None);
        assert!(matches!(told, Err(Error::Malformed(_))));
        let other = "\u{2014} other AAAAAAA=\n";
        let beside = AddCheckpoint {
            note: [&*asked.note, other].concat(),
            ..asked.clone()
        };
        assert!(beside.check(log.verifier(), None).is_ok());
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
        // What begins with more entries than it has is no word of the log's: it has as many as are known, or more.
        for (size, old) in [(9, 10), (6, 7), (6, u64::MAX)] {
            let beyond = AddCheckpoint {
                old,
                ..request(&log, &long[..size], 6)
            };
            let told = beyond.check(log.verifier(), Some(&known));
            assert!(matches!(told, Err(Error::Malformed(_))), "{size} {old}");
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

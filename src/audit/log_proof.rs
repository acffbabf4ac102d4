//! Proofs for people without the log: C2SP's `tlog-proof`, an inclusion proof and the checkpoint that it leads to.

use crate::base::{InputError, json};

use super::{
    Checkpoint, Error, InclusionProof, NoteVerifier, Result, TreeHash, checkpoint::read_decimal,
};

/// The first line, which says what it is.
const FORMAT: &str = "c2sp.org/tlog-proof@v1";
const INDEX: &str = "index ";
const EXTRA: &str = "extra ";
/// The most bytes that are read: a note, and 65 hashes before it.
const MAX_BYTES: usize = 264 * 1024;
const MALFORMED: InputError = InputError::Malformed("a proof of a log");

/// That an entry is in the tree of a signed checkpoint. Its file's name ends with `.tlog-proof`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// Which leaf of the tree it is, counted from 0.
    pub index: u64,
    /// The hashes beside its way to the root.
    pub inclusion: InclusionProof,
    /// The signed note of the checkpoint, as the log gave it out.
    pub checkpoint: String,
}

impl LogProof {
    /// The proof as a text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = [FORMAT, "\n", INDEX, &json::decimal(self.index), "\n"].concat();
        for hash in self.inclusion.hashes() {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a proof that is not verified yet.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 264 KiB or 65 hashes; [`Error::Malformed`]; [`Error::Unsupported`] for one with extra data,
    /// which nothing authenticates.
    pub fn parse(text: &[u8]) -> Result<Self> {
        if text.len() > MAX_BYTES {
            return Err(Error::TooLarge("a proof of a log (264 KiB)"));
        }
        let text = core::str::from_utf8(text).map_err(|_| MALFORMED)?;
        // A checkpoint has an empty line too: the first one ends the proof.
        let (proof, checkpoint) = text.split_once("\n\n").ok_or(MALFORMED)?;
        let mut lines = proof.split('\n');
        if lines.next() != Some(FORMAT) {
            return Err(MALFORMED.into());
        }
        let line = lines.next().ok_or(MALFORMED)?;
        if line.starts_with(EXTRA) {
            return Err(Error::Unsupported("a proof of a log with extra data"));
        }
        let index = line.strip_prefix(INDEX).and_then(read_decimal);
        let hashes: Result<Vec<_>> = lines.map(TreeHash::from_base64).collect();
        Ok(Self {
            index: index.ok_or(MALFORMED)?,
            inclusion: InclusionProof::new(hashes?)?,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// The checkpoint, if that log signed it and the entry is in its tree.
    ///
    /// # Errors
    /// As [`Checkpoint::open`] and [`InclusionProof::verify`].
    pub fn verify(&self, entry: &[u8], log: &NoteVerifier) -> Result<Checkpoint> {
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), log)?;
        let leaf = TreeHash::of_leaf(entry);
        let (index, Checkpoint { size, root }) = (self.index, checkpoint);
        self.inclusion.verify(&leaf, index, size, &root)?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::{CompactRange, NoteSigner},
        base::SystemEntropy,
        jose::SigningKey,
    };

    const ENTRIES: [&[u8]; 3] = [b"a", b"b", b"c"];

    fn proof_of(index: u64) -> (LogProof, NoteVerifier) {
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        let log = NoteSigner::new("log", key).expect("a name");
        let leaves = ENTRIES.map(TreeHash::of_leaf);
        let root = CompactRange::of_leaves(&leaves).root();
        let checkpoint = Checkpoint { size: 3, root };
        let proof = LogProof {
            index,
            inclusion: InclusionProof::prove(&leaves, index).expect("a leaf"),
            checkpoint: checkpoint.sign(&log, &SystemEntropy).expect("a note"),
        };
        (proof, log.verifier().clone())
    }

    #[test]
    fn a_proof_is_read_as_it_is_written_and_proves_its_entry_alone() {
        for (at, entry) in ENTRIES.iter().enumerate() {
            let (proof, log) = proof_of(at as u64);
            let read = LogProof::parse(proof.to_text().as_bytes()).expect("a proof");
            assert_eq!(read, proof);
            assert!(read.verify(entry, &log).is_ok());
            let refused = read.verify(b"another", &log);
            assert_eq!(refused, Err(Error::Integrity("an inclusion proof")));
            let (_, other) = proof_of(0);
            assert_eq!(read.verify(entry, &other), Err(Error::Decrypt));
        }
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let text = proof_of(0).0.to_text();
        let hash = TreeHash::of_empty_tree().to_base64();
        for bad in [
            "".into(),
            text.replace("@v1", "@v2"),
            text.replace("\nindex 0", ""),
            text.replace("index 0", "index 00"),
            text.replace("index 0", "index +0"),
            text.replace("index 0", "index 18446744073709551616"),
            text.replace("index 0", "index 0\r"),
            text.replace("index 0\n", "index 0\nAAAA\n"),
            text.replacen('=', "", 1),
            text.replace("\n\n", "\n"),
        ] {
            let refused = LogProof::parse(bad.as_bytes());
            assert!(matches!(refused, Err(Error::Malformed(_))), "{bad:?}");
        }
        let extra = text.replace("index 0", "extra AAAA\nindex 0");
        let unsupported = Error::Unsupported("a proof of a log with extra data");
        assert_eq!(LogProof::parse(extra.as_bytes()), Err(unsupported));
        let hashes = format!("index 0\n{}", [&hash, "\n"].concat().repeat(66));
        for large in [
            text.replace("index 0\n", &hashes),
            [&*text, &"a".repeat(MAX_BYTES)].concat(),
        ] {
            let refused = LogProof::parse(large.as_bytes());
            assert!(matches!(refused, Err(Error::TooLarge(_))));
        }
    }
}

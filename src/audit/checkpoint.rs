//! Checkpoints: what a log says of its tree, as C2SP's `tlog-checkpoint` has it.

use crate::base::{Entropy, InputError, json};

use super::{Error, NoteSigner, NoteVerifier, Result, SignedNote, TreeHash, sign_note};

const MALFORMED: InputError = InputError::Malformed("a checkpoint");

/// How large a log's tree is, and its hash. Which log it is says the name of the key that signs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many leaves the tree has.
    pub size: u64,
    /// Its hash.
    pub root: TreeHash,
}

impl Checkpoint {
    /// The signed note that says so. Its first line, the origin, is the name of the key.
    ///
    /// # Errors
    /// What the entropy source reports; [`Error::Miscalculated`].
    pub fn sign(&self, signer: &NoteSigner, entropy: &dyn Entropy) -> Result<String> {
        sign_note(&self.body(signer.verifier().name()), signer, entropy)
    }

    /// The text that is signed: of the log of that origin.
    #[must_use]
    pub fn body(&self, origin: &str) -> String {
        let (size, root) = (json::decimal(self.size), self.root.to_base64());
        [origin, "\n", &size, "\n", &root, "\n"].concat()
    }

    /// Reads the checkpoint in a note of that key.
    ///
    /// # Errors
    /// As [`SignedNote::parse`] and [`SignedNote::verify`]; [`Error::Malformed`] for what is no checkpoint;
    /// [`Error::Integrity`] for one of another log; [`Error::Unsupported`] for one with extension lines, which nobody
    /// who audits the log would see.
    pub fn open(note: &[u8], verifier: &NoteVerifier) -> Result<Self> {
        let note = SignedNote::parse(note)?;
        let text = note.verify(verifier)?;
        let mut lines = text.strip_suffix('\n').ok_or(MALFORMED)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(MALFORMED.into());
        };
        if lines.next().is_some() {
            return Err(Error::Unsupported("a checkpoint with extension lines"));
        }
        if origin != verifier.name() {
            return Err(Error::Integrity("a checkpoint of another log"));
        }
        Ok(Self {
            size: read_decimal(size).ok_or(MALFORMED)?,
            root: TreeHash::from_base64(root)?,
        })
    }
}

/// The number that a text is. Each has one text: no sign, no zeros in front.
pub(super) fn read_decimal(text: &str) -> Option<u64> {
    let number = text.parse().ok()?;
    (json::decimal(number) == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::SystemEntropy, jose::SigningKey};

    fn signer(name: &str) -> NoteSigner {
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        NoteSigner::new(name, key).expect("a name")
    }

    #[test]
    fn a_checkpoint_has_three_lines() {
        let (log, root) = (signer("example.com/log"), TreeHash::of_empty_tree());
        for size in [0, 1, 20_852_163, u64::MAX] {
            let checkpoint = Checkpoint { size, root };
            let note = checkpoint.sign(&log, &SystemEntropy).expect("a note");
            let text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
            assert!(note.starts_with(&format!("example.com/log\n{size}\n{text}\n\n\u{2014} ")));
            let opened = Checkpoint::open(note.as_bytes(), log.verifier());
            assert_eq!(opened, Ok(checkpoint));
        }
    }

    #[test]
    fn what_is_signed_and_no_checkpoint_of_the_log_is_refused() {
        let log = signer("log");
        let root = TreeHash::of_empty_tree().to_base64();
        let opened = |text: &str| {
            let note = sign_note(text, &log, &SystemEntropy).expect("a note");
            Checkpoint::open(note.as_bytes(), log.verifier())
        };
        assert!(opened(&format!("log\n7\n{root}\n")).is_ok());
        for bad in [
            "\n".into(),
            "log\n".into(),
            "log\n7\n".into(),
            "log\n7\n\n".into(),
            format!("log\n\n{root}\n"),
            format!("log\n07\n{root}\n"),
            format!("log\n+7\n{root}\n"),
            format!("log\n-7\n{root}\n"),
            format!("log\n7 \n{root}\n"),
            format!("log\n0x7\n{root}\n"),
            format!("log\n18446744073709551616\n{root}\n"),
            format!("log\n7\n{}\n", root.replace('=', "")),
            "log\n7\nAAAA\n".into(),
        ] {
            let refused = opened(&bad);
            assert!(matches!(refused, Err(Error::Malformed(_))), "{bad:?}");
        }
        let other = opened(&format!("other\n7\n{root}\n"));
        assert_eq!(other, Err(Error::Integrity("a checkpoint of another log")));
        for extended in ["more\n", "\n"] {
            let refused = opened(&format!("log\n7\n{root}\n{extended}"));
            let unsupported = Error::Unsupported("a checkpoint with extension lines");
            assert_eq!(refused, Err(unsupported));
        }
    }
}

//! Signed notes (C2SP `signed-note`): a text, and below it who signed it.

use crate::base::{Entropy, InputError, base64};

use super::{
    Cosignature, CosignatureVerifier, Error, NoteSigner, NoteVerifier, Result,
    note_key::{KeyId, is_key_name},
};

/// The most bytes of a note that are read: 16 signatures of the largest kind, of 5 KB, are to fit in.
const MAX_BYTES: usize = 256 * 1024;
/// The most signatures of a note.
const MAX_SIGNATURES: usize = 100;
const MALFORMED: InputError = InputError::Malformed("a signed note");
/// What a line of a signature begins with: an em dash and a space.
const SIGNED_BY: &str = "\u{2014} ";

/// Signs a text. It ends with a line feed, has no other control characters, and may have empty lines.
///
/// # Errors
/// [`Error::Argument`] for another text; [`Error::TooLarge`]; what the entropy source reports.
pub fn sign_note(text: &str, signer: &NoteSigner, entropy: &dyn Entropy) -> Result<String> {
    if !is_text(text) {
        return Err(Error::Argument("the text of a note"));
    }
    let (id, name) = (signer.verifier().id(), signer.verifier().name());
    let line = signature_line(name, id, &signer.sign(text, entropy)?);
    let note = [text, "\n", &line].concat();
    if note.len() > MAX_BYTES {
        return Err(TOO_LARGE.into());
    }
    Ok(note)
}

/// The line of a signature, with its end.
pub(super) fn signature_line(name: &str, id: KeyId, signature: &[u8]) -> String {
    let signature = base64::encode_padded(&[&id[..], signature].concat());
    [SIGNED_BY, name, " ", &signature, "\n"].concat()
}

/// A note that was read and not yet verified: its text is out of reach.
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

/// Who says to have signed.
struct Signature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl SignedNote {
    /// Reads a note, strictly: one with a line that is no signature is none.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 256 KiB or 100 signatures; [`Error::Malformed`].
    pub fn parse(note: &[u8]) -> Result<Self> {
        if note.len() > MAX_BYTES {
            return Err(TOO_LARGE.into());
        }
        let note = core::str::from_utf8(note).map_err(|_| MALFORMED)?;
        // The last empty line is where the signatures begin.
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(MALFORMED)?;
        let text = [text, "\n"].concat();
        if !is_text(&text) {
            return Err(MALFORMED.into());
        }
        let lines = signatures.strip_suffix('\n').ok_or(MALFORMED)?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err(TOO_LARGE.into());
            }
            signatures.push(Signature::parse(line)?);
        }
        Ok(Self { text, signatures })
    }

    /// A note and more signatures of its text, each a line. A line that begins otherwise would make another text of both.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn with_more(note: &str, signatures: &str) -> Result<Self> {
        let is_signature = |line: &str| line.starts_with(SIGNED_BY);
        if note.ends_with('\n') && signatures.split_inclusive('\n').all(is_signature) {
            Self::parse([note, signatures].concat().as_bytes())
        } else {
            Err(MALFORMED.into())
        }
    }

    /// The text, if that key signed it. Signatures of other keys are passed over, though they share its name or its id; of
    /// its own each must be right.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn verify(&self, by: &NoteVerifier) -> Result<&str> {
        let own = |signature: &&Signature| signature.name == by.name() && signature.id == by.id();
        let mut own = self.signatures.iter().filter(own).peekable();
        if own.peek().is_none() || !own.all(|own| by.has_signed(&self.text, &own.bytes)) {
            return Err(Error::Decrypt);
        }
        Ok(&self.text)
    }

    /// The last cosignature of a witness, if it has one. Lines of other witnesses are passed over, though they share its name or its
    /// id; of its own each must be right.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn cosigned_by(&self, witness: &CosignatureVerifier) -> Result<Option<Cosignature>> {
        let mut last: Option<Cosignature> = None;
        for line in &self.signatures {
            if line.name == witness.name() && line.id == witness.id() {
                let seconds = witness.has_cosigned(&self.text, &line.bytes);
                let seconds = seconds.ok_or(Error::Decrypt)?;
                if last.as_ref().is_none_or(|last| last.seconds <= seconds) {
                    let line = signature_line(&line.name, line.id, &line.bytes);
                    last = Some(Cosignature { seconds, line });
                }
            }
        }
        Ok(last)
    }
}

impl Signature {
    fn parse(line: &str) -> Result<Self> {
        let line = line.strip_prefix(SIGNED_BY).ok_or(MALFORMED)?;
        let (name, signature) = line.split_once(' ').ok_or(MALFORMED)?;
        let signature = base64::decode_padded(signature, MALFORMED)?;
        match signature.split_first_chunk() {
            Some((id, bytes)) if is_key_name(name) && !bytes.is_empty() => Ok(Self {
                name: name.to_owned(),
                id: *id,
                bytes: bytes.to_vec(),
            }),
            _ => Err(MALFORMED.into()),
        }
    }
}

/// Whether a text can be signed.
fn is_text(text: &str) -> bool {
    text.ends_with('\n') && !text.contains(|char| char < ' ' && char != '\n')
}

const TOO_LARGE: InputError = InputError::TooLarge("a signed note (256 KiB, 100 signatures)");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::SystemEntropy, jose::SigningKey};

    fn signer(name: &str) -> NoteSigner {
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        NoteSigner::new(name, key).expect("a name")
    }

    fn verified(note: &str, by: &NoteSigner) -> Result<String> {
        SignedNote::parse(note.as_bytes())?
            .verify(by.verifier())
            .map(str::to_owned)
    }

    #[test]
    fn a_text_is_read_as_it_was_signed_and_by_its_key_alone() {
        let (own, other) = (signer("a"), signer("a"));
        for text in ["\n", "a\n", "a\n\nb\n", "\n\n\n", "Zoë \u{2014} a b\n"] {
            let note = sign_note(text, &own, &SystemEntropy).expect("a note");
            assert_eq!(verified(&note, &own).as_deref(), Ok(text));
            assert_eq!(verified(&note, &other), Err(Error::Decrypt));
        }
        for text in ["", "a", "a\tb\n", "a\r\n", "\0\n"] {
            let refused = sign_note(text, &own, &SystemEntropy);
            assert_eq!(refused, Err(Error::Argument("the text of a note")));
        }
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let own = signer("a");
        let note = sign_note("text\n", &own, &SystemEntropy).expect("a note");
        let (text, line) = note.split_once("\n\n").expect("an empty line");
        let line = line.trim_end();
        for bad in [
            "".into(),
            "\n\n".into(),
            format!("{text}\n\n"),
            format!("{text}\n{line}\n"),
            format!("{text}\n\n{line}"),
            format!("{text}\n\n{line}\r\n"),
            format!("{text}\n\n{line}\n\n"),
            format!("{text}\n\n{line} \n"),
            format!("{text}\n\n {line}\n"),
            format!("{text}\n\n{line}\nno signature\n"),
            format!("te\txt\n\n{line}\n"),
            format!("{text}\n\n{}\n", line.replace('\u{2014}', "-")),
            format!("{text}\n\n{}\n", line.replace('\u{2014}', "\u{2013}")),
            format!("{text}\n\n{}\n", line.replace(" a ", "  ")),
            format!("{text}\n\n{}\n", line.replace(" a ", " a+b ")),
            format!("{text}\n\n{}\n", line.replace(" a ", " a\u{2003}b ")),
            format!("{text}\n\n\u{2014} a\n"),
            format!("{text}\n\n\u{2014} a AAAA\n"),
            format!("{text}\n\n\u{2014} a AAAAAA==\n"),
            format!("{text}\n\n\u{2014} a AAAAAAB=\n"),
        ] {
            assert_eq!(verified(&bad, &own), Err(MALFORMED.into()), "{bad:?}");
        }
        assert_eq!(SignedNote::parse(b"\xff\n\n").err(), Some(MALFORMED.into()));
    }

    #[test]
    fn a_note_is_read_up_to_a_size_and_a_number_of_signatures() {
        let own = signer("a");
        let note = sign_note("text\n", &own, &SystemEntropy).expect("a note");
        let others = |count| "\u{2014} b AAAAAAA=\n".repeat(count);
        let most = format!("{note}{}", others(MAX_SIGNATURES - 1));
        assert_eq!(verified(&most, &own).as_deref(), Ok("text\n"));
        let more = format!("{note}{}", others(MAX_SIGNATURES));
        assert_eq!(verified(&more, &own), Err(TOO_LARGE.into()));

        let text = |bytes: usize| ["a".repeat(bytes - 1), "\n".into()].concat();
        let rest = MAX_BYTES - 200;
        let large = sign_note(&text(rest), &own, &SystemEntropy).expect("a note");
        assert_eq!(verified(&large, &own), Ok(text(rest)));
        let larger = ["a".repeat(MAX_BYTES - large.len() + 1), large].concat();
        assert_eq!(verified(&larger, &own), Err(TOO_LARGE.into()));
        let refused = sign_note(&text(MAX_BYTES), &own, &SystemEntropy);
        assert_eq!(refused, Err(TOO_LARGE.into()));
    }

    #[test]
    fn signatures_of_others_are_passed_over_and_a_wrong_one_of_the_key_is_not() {
        let (own, other) = (signer("a"), signer("b"));
        let note = sign_note("text\n", &own, &SystemEntropy).expect("a note");
        let by_other = sign_note("text\n", &other, &SystemEntropy).expect("a note");
        let line = |note: &str| note.rsplit_once("\n\n").expect("lines").1.to_owned();
        let both = [&note, &*line(&by_other)].concat();
        for (note, by) in [(&both, &own), (&both, &other)] {
            assert_eq!(verified(note, by).as_deref(), Ok("text\n"));
        }
        // Of the same name, of the same id.
        let same_name = both.replace("\u{2014} b ", "\u{2014} a ");
        assert_eq!(verified(&same_name, &own).as_deref(), Ok("text\n"));
        let same_id = [&note, &*line(&note).replace(" a ", " c ")].concat();
        assert_eq!(verified(&same_id, &own).as_deref(), Ok("text\n"));
        // A right one of the same key does not make up for a wrong one.
        let wrong = sign_note("another\n", &own, &SystemEntropy).expect("a note");
        let and_wrong = [&note, &*line(&wrong)].concat();
        assert_eq!(verified(&and_wrong, &own), Err(Error::Decrypt));
        let and_again = [&note, &*line(&note)].concat();
        assert_eq!(verified(&and_again, &own).as_deref(), Ok("text\n"));
    }

    #[test]
    fn a_signature_has_one_encoding() {
        let own = signer("a");
        let note = sign_note("text\n", &own, &SystemEntropy).expect("a note");
        let (front, signature) = note.trim_end().rsplit_once(' ').expect("a signature");
        let bytes = base64::decode_padded(signature, MALFORMED).expect("base64");
        let with = |signature: &[u8]| {
            let signature = [&bytes[..4], signature].concat();
            verified(
                &format!("{front} {}\n", base64::encode_padded(&signature)),
                &own,
            )
        };
        let der = &bytes[4..];
        assert_eq!(with(der).as_deref(), Ok("text\n"));
        let length = der[1];
        let raw = crate::hazmat::p256::from_der(der).expect("a signature");
        for bad in [
            // As JOSE has it.
            raw.to_vec(),
            // Something behind it; a length of two bytes; an integer with a zero too many.
            [der, &[0]].concat(),
            [&[0x30, 0x81, length], &der[2..]].concat(),
            [&[0x30, length + 1, 2, der[3] + 1, 0], &der[4..]].concat(),
            // Cut, and nothing at all.
            der[..der.len() - 1].to_vec(),
            vec![0],
            vec![0x30, 6, 2, 1, 0, 2, 1, 0],
        ] {
            assert_eq!(with(&bad), Err(Error::Decrypt), "{bad:?}");
        }
    }
}

//! Cosignatures: what a witness says of a log's checkpoint, as C2SP's `tlog-cosignature` has it (`cosignature/v1`, Ed25519,
//! signature type 0x04).

use core::fmt;

use crate::{
    base::{InputError, Secret, base64, json},
    hazmat::{
        ed25519::{Ed25519Key, Ed25519Public},
        hash::sha256,
    },
};

use super::{
    Checkpoint, Error, Result,
    note::signature_line,
    note_key::{KeyId, id_text, is_key_name},
};

/// The signature type, which a verifier's text begins its key with, and which is hashed for the key's id.
const COSIGNATURE: u8 = 4;
const MALFORMED: InputError = InputError::Malformed("a witness's verifier key");

/// What a witness cosigns with, in a name.
pub struct Cosigner {
    key: Ed25519Key,
    verifier: CosignatureVerifier,
}

impl Cosigner {
    /// The key of a seed, and the name that it signs in.
    ///
    /// # Errors
    /// [`Error::Argument`] for what is no key's name.
    pub fn new(name: &str, seed: &Secret<32>) -> Result<Self> {
        if !is_key_name(name) {
            return Err(Error::Argument("the name of a witness"));
        }
        let key = Ed25519Key::from_seed(seed);
        let verifier = CosignatureVerifier::of(name, key.public());
        Ok(Self { key, verifier })
    }

    /// What verifies its cosignatures.
    #[must_use]
    pub fn verifier(&self) -> &CosignatureVerifier {
        &self.verifier
    }

    /// The line that goes below a checkpoint's note: that this is the largest one of its log which the witness has seen, at a time in
    /// seconds since 1970.
    #[must_use]
    pub fn cosign(&self, checkpoint: &Checkpoint, origin: &str, seconds: u64) -> String {
        let message = message(&checkpoint.body(origin), seconds);
        let signature = self.key.sign(message.as_bytes());
        let signature = [&seconds.to_be_bytes()[..], &signature].concat();
        signature_line(&self.verifier.name, self.verifier.id, &signature)
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cosigner(redacted)")
    }
}

/// What a witness said of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// When, by its clock, in seconds since 1970.
    pub seconds: u64,
    /// The line of the note, with its end.
    pub line: String,
}

/// What verifies the cosignatures of one witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignatureVerifier {
    name: String,
    id: KeyId,
    key: Ed25519Public,
}

impl CosignatureVerifier {
    fn of(name: &str, key: Ed25519Public) -> Self {
        // tlog-cosignature: `SHA-256(<name> || "\n" || 0x04 || public key)[:4]`.
        let hash = sha256(&[name.as_bytes(), b"\n", &[COSIGNATURE], key.bytes()]);
        Self {
            name: name.to_owned(),
            id: [hash[0], hash[1], hash[2], hash[3]],
            key,
        }
    }

    /// Reads its text: `<name>+<key id, hexadecimal>+<base64 of 0x04 and the public key>`.
    ///
    /// # Errors
    /// [`Error::Malformed`], also where the id is not the key's, and for a key of small order; [`Error::Unsupported`] for another
    /// signature type, such as that of a log.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(MALFORMED.into());
        };
        if !is_key_name(name) {
            return Err(MALFORMED.into());
        }
        let key = base64::decode_padded(key, MALFORMED)?;
        let (kind, key) = key.split_first().ok_or(MALFORMED)?;
        if *kind != COSIGNATURE {
            return Err(Error::Unsupported(
                "cosignatures by another type of key (of witnesses, type 4 is known)",
            ));
        }
        let key = key.try_into().map_err(|_| MALFORMED)?;
        let verifier = Self::of(name, Ed25519Public::new(key)?);
        if id_text(verifier.id) == id {
            Ok(verifier)
        } else {
            Err(MALFORMED.into())
        }
    }

    /// Its text, which [`parse`](Self::parse) reads.
    #[must_use]
    pub fn to_text(&self) -> String {
        let key = [&[COSIGNATURE], &self.key.bytes()[..]].concat();
        let key = base64::encode_padded(&key);
        [&*self.name, &*id_text(self.id), &*key].join("+")
    }

    /// The witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id that its cosignatures begin with.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// When the witness signed a checkpoint's text, in seconds since 1970, if that is its cosignature.
    pub(super) fn has_cosigned(&self, body: &str, signature: &[u8]) -> Option<u64> {
        let (time, signature) = signature.split_first_chunk()?;
        let seconds = u64::from_be_bytes(*time);
        let signature = signature.try_into().ok()?;
        // tlog-cosignature: the timestamp must not exceed 2^63 − 1.
        let fits = i64::try_from(seconds).is_ok();
        let message = message(body, seconds);
        (fits && self.key.verify(message.as_bytes(), signature)).then_some(seconds)
    }
}

/// tlog-cosignature: a header line, a line of the time, and the whole body of the note.
fn message(body: &str, seconds: u64) -> String {
    let seconds = json::decimal(seconds);
    ["cosignature/v1\ntime ", &seconds, "\n", body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::{NoteSigner, SignedNote, TreeHash},
        base::SystemEntropy,
        jose::SigningKey,
    };

    /// The specification's own example.
    const NOTE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    fn witness(name: &str, seed: u8) -> Cosigner {
        let seed = Secret::from_slice(&[seed; 32]).expect("32 bytes");
        Cosigner::new(name, &seed).expect("a name")
    }

    fn checkpoint() -> Checkpoint {
        let root = TreeHash::of_leaf(b"a");
        Checkpoint { size: 7, root }
    }

    fn note() -> String {
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        let log = NoteSigner::new("log", key).expect("a name");
        checkpoint().sign(&log, &SystemEntropy).expect("a note")
    }

    fn seen(note: &str, by: &Cosigner) -> Result<Option<u64>> {
        let last = SignedNote::parse(note.as_bytes())?.cosigned_by(by.verifier())?;
        Ok(last.map(|last| last.seconds))
    }

    #[test]
    fn a_cosignature_is_found_by_name_and_key_and_says_when() {
        let (own, other, namesake) = (witness("w", 1), witness("v", 2), witness("w", 3));
        let note = note();
        assert_eq!(seen(&note, &own), Ok(None));
        let line = own.cosign(&checkpoint(), "log", 1_679_315_147);
        let both = [&*note, &line, &other.cosign(&checkpoint(), "log", 5)].concat();
        assert_eq!(seen(&both, &own), Ok(Some(1_679_315_147)));
        assert_eq!(seen(&both, &other), Ok(Some(5)));
        assert_eq!(seen(&both, &namesake), Ok(None));
        // Of several the latest counts.
        let again = [&*both, &own.cosign(&checkpoint(), "log", 1_700_000_000)].concat();
        assert_eq!(seen(&again, &own), Ok(Some(1_700_000_000)));
    }

    #[test]
    fn one_of_anything_else_is_refused() {
        let (own, note) = (witness("w", 1), note());
        let with = |line: &str| seen(&[&*note, line].concat(), &own);
        let root = TreeHash::of_leaf(b"b");
        let sized = |size| Checkpoint {
            size,
            ..checkpoint()
        };
        for line in [
            own.cosign(&sized(8), "log", 5),
            own.cosign(&Checkpoint { size: 7, root }, "log", 5),
            own.cosign(&checkpoint(), "other", 5),
            own.cosign(&checkpoint(), "log", 1 << 63),
            own.cosign(&checkpoint(), "log", u64::MAX),
        ] {
            assert_eq!(with(&line), Err(Error::Decrypt));
        }
        // A right one does not make up for a wrong one.
        let right = own.cosign(&checkpoint(), "log", 5);
        let wrong = own.cosign(&sized(8), "log", 5);
        assert_eq!(with(&[right, wrong].concat()), Err(Error::Decrypt));
        // Another time than was signed, and a signature that was cut.
        let line = own.cosign(&checkpoint(), "log", 5);
        let (front, signature) = line.trim_end().rsplit_once(' ').expect("a signature");
        let bytes = base64::decode_padded(signature, MALFORMED).expect("base64");
        for at in 4..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let line = format!("{front} {}\n", base64::encode_padded(&changed));
            assert_eq!(with(&line), Err(Error::Decrypt), "{at}");
            let line = format!("{front} {}\n", base64::encode_padded(&bytes[..at]));
            assert!(with(&line).is_err(), "{at}");
        }
    }

    #[test]
    fn the_example_of_the_specification_is_read() {
        let note = SignedNote::parse(NOTE.as_bytes()).expect("a note");
        let other = note.cosigned_by(witness("witness.example.com/w1", 1).verifier());
        assert_eq!(other, Ok(None));
    }

    #[test]
    fn a_verifier_reads_what_it_writes_and_nothing_else() {
        let own = witness("example.com/w", 1);
        let text = own.verifier().to_text();
        assert_eq!(
            CosignatureVerifier::parse(&text).as_ref(),
            Ok(own.verifier())
        );
        let (front, key) = text.split_at("example.com/w+00000000+".len());
        let bytes = base64::decode_padded(key, MALFORMED).expect("base64");
        let of = |bytes: &[u8]| [front, &base64::encode_padded(bytes)].concat();
        for kind in [1, 2, 6] {
            let other = of(&[&[kind], &bytes[1..]].concat());
            let refused = CosignatureVerifier::parse(&other);
            assert!(matches!(refused, Err(Error::Unsupported(_))), "{kind}");
        }
        for bad in [
            "",
            "example.com/w",
            front,
            &text.replace("example", "exa mple"),
            &text.replace("example.com/w+", "+"),
            &text.replace("example.com/w", "example.com/v"),
            &format!("{text}\n"),
            &of(&bytes[..32]),
            &of(&[&bytes[..], &[0]].concat()),
            &of(&[&[4], &[0; 32][..]].concat()),
        ] {
            let refused = CosignatureVerifier::parse(bad);
            assert!(matches!(refused, Err(Error::Malformed(_))), "{bad:?}");
        }
        assert_eq!(format!("{own:?}"), "Cosigner(redacted)");
    }
}

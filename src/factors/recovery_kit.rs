//! 256 bits on paper, as 24 words of BIP-39's English list. HKDF-SHA-256 (RFC 5869) makes the kit's id and its KEK of
//! them, each under a label of its own.

use core::fmt;

use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

use crate::{
    base::{Entropy, Error, Local, RecoveryWords, Result, Secret},
    hazmat::hash::hkdf_sha256,
    records::{Enrolment, FactorKind, KdfCost, KitId},
};

use super::{Answered, FactorPort, Present};

const ID: &[u8] = b"strongroom recovery kit id";
const KEK: &[u8] = b"strongroom recovery kit kek";

/// A recovery kit's secret. Wiped when dropped, never printed.
pub struct RecoveryKit(Secret<32>);

impl RecoveryKit {
    const WORDS: usize = 24;
    /// No word of the list has more than 8 letters.
    const LONGEST: usize = Self::WORDS * 9;

    /// A new one.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        Ok(Self(Secret::generate(entropy)?))
    }

    /// From its 24 words: in upper or lower case, with any white space between.
    ///
    /// # Errors
    /// [`Error::RecoveryWords`].
    pub fn from_words(words: &str) -> Result<Self> {
        // Nothing longer is looked at: people put more than one space between words, and not a thousand.
        let typed = if words.len() > 10 * Self::LONGEST {
            ""
        } else {
            words
        };
        let words = Zeroizing::new(typed.to_lowercase());
        if words.split_whitespace().count() != Self::WORDS {
            return Err(Error::RecoveryWords(RecoveryWords::Count));
        }
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &words);
        let mnemonic = mnemonic.map_err(|error| {
            Error::RecoveryWords(match error {
                bip39::Error::UnknownWord(place) => RecoveryWords::Unknown(place as u8 + 1),
                _ => RecoveryWords::Checksum,
            })
        })?;
        let (entropy, length) = mnemonic.to_entropy_array();
        let entropy = Zeroizing::new(entropy);
        Ok(Self(Secret::from_slice(&entropy[..length])?))
    }

    /// Its 24 words, with a space between, for whoever writes them down.
    #[must_use]
    pub fn words(&self) -> Zeroizing<String> {
        // EXPOSE: the words are the secret, shown once.
        let mnemonic = Mnemonic::from_entropy(self.0.expose());
        let mnemonic = mnemonic.expect("256 bits have words");
        let mut text = Zeroizing::new(String::with_capacity(Self::LONGEST));
        for word in mnemonic.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }

    /// Its id: a record says by it which kit opens it.
    ///
    /// # Errors
    /// None that is seen: HKDF gives as many bytes.
    pub fn id(&self) -> Result<KitId> {
        let derived = hkdf_sha256(&self.0, b"", ID)?;
        // EXPOSE: half of what a label of its own derives names the kit, and tells nothing of its secret.
        let (id, _) = derived.expose().split_at(16);
        Ok(KitId::new(id.try_into().expect("half of 32 bytes")))
    }

    fn kek(&self) -> Result<Secret<32>> {
        Ok(hkdf_sha256(&self.0, b"", KEK)?)
    }
}

impl Present for RecoveryKit {
    fn kind(&self) -> FactorKind {
        FactorKind::RecoveryKit
    }

    fn paper_id(&self) -> Result<Option<KitId>> {
        self.id().map(Some)
    }

    fn answer<'a>(
        &'a self,
        _: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            let own = Enrolment::RecoveryKit(self.id()?);
            // One each time: somebody may have put a record beside the kit's that says the same.
            let mut places = (0..enrolments.len()).filter(|at| enrolments[*at] == own);
            let Some(which) = places.nth(attempt) else {
                return Ok(None);
            };
            let kek = self.kek()?;
            Ok(Some(Answered { which, kek }))
        })
    }

    fn enrol<'a>(
        &'a self,
        _: &'a dyn FactorPort,
        _: &'a [Enrolment],
        _: Option<&'a KdfCost>,
        _: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move { Ok((Enrolment::RecoveryKit(self.id()?), self.kek()?)) })
    }
}

impl fmt::Debug for RecoveryKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKit(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    #[test]
    fn words_are_read_as_people_type_them() {
        let kit = RecoveryKit::generate(&SystemEntropy).expect("entropy");
        let words = kit.words();
        assert_eq!(words.split(' ').count(), 24);
        let typed = format!("  {}\n", words.to_uppercase().replace(' ', " \t\n"));
        for text in [words.as_str(), &typed] {
            let read = RecoveryKit::from_words(text).expect("a kit");
            assert_eq!(read.id(), kit.id());
        }
    }

    #[test]
    fn words_are_those_of_the_standard() {
        let vectors = include_str!("../../tests/vectors/bip39/english_24_words.json");
        let vectors: Vec<[String; 2]> = serde_json::from_str(vectors).expect("entropy and words");
        assert_eq!(vectors.len(), 8);
        for [entropy, words] in &vectors {
            let byte = |at| u8::from_str_radix(&entropy[at..at + 2], 16).expect("a byte");
            let bytes: Vec<u8> = (0..64).step_by(2).map(byte).collect();
            let kit = RecoveryKit(Secret::from_slice(&bytes).expect("32 bytes"));
            assert_eq!(*kit.words(), *words);
            let read = RecoveryKit::from_words(words).expect("a kit");
            // EXPOSE: a vector's entropy, to compare.
            assert_eq!(read.0.expose(), kit.0.expose());
            assert_eq!(read.id(), kit.id());
        }
    }

    #[test]
    fn a_wrong_word_is_named_by_its_place() {
        let refused = |words: &str| match RecoveryKit::from_words(words) {
            Err(Error::RecoveryWords(wrong)) => wrong,
            other => unreachable!("{other:?}"),
        };
        let words = "abandon ".repeat(23) + "art";
        assert_eq!(refused(""), RecoveryWords::Count);
        assert_eq!(refused(&format!("{words} art")), RecoveryWords::Count);
        // Twelve words are a mnemonic of the standard, and no kit.
        assert_eq!(
            refused(&("abandon ".repeat(11) + "about")),
            RecoveryWords::Count
        );
        let unknown = words.replacen("abandon", "abandom", 1);
        assert_eq!(refused(&unknown), RecoveryWords::Unknown(1));
        assert_eq!(
            refused(&words.replace("art", "arb")),
            RecoveryWords::Unknown(24)
        );
        assert_eq!(
            refused(&words.replace("art", "able")),
            RecoveryWords::Checksum
        );
    }

    #[test]
    fn debug_shows_no_byte() {
        let kit = RecoveryKit::generate(&SystemEntropy).expect("entropy");
        assert_eq!(format!("{kit:?}"), "RecoveryKit(redacted)");
    }
}

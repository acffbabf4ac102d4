//! 256 bits that several people have on paper: shares of 33 words each, so many of which give them back (SLIP-39). HKDF-SHA-256
//! (RFC 5869) makes the set's id and its KEK of them, each under a label of its own.
//!
//! A set is one group, without a passphrase. What combines to the secret opens the vault, whoever split it: a secret that was
//! put together elsewhere can be shared again there, among others.

use core::fmt;

use zeroize::Zeroizing;

use crate::{
    base::{Entropy, Error, Local, Result, Secret, ShareFault},
    hazmat::{
        hash::hkdf_sha256,
        shamir::{self, Incomplete, Share, Unreadable},
    },
    records::{Enrolment, FactorKind, KdfCost, KitId, ShareSet},
};

use super::{Answered, FactorPort, Present};

const ID: &[u8] = b"strongroom recovery shares id";
const KEK: &[u8] = b"strongroom recovery shares kek";

/// Recovery shares that a caller presents: a whole set, or as many as there are. Wiped when dropped, never printed.
pub struct RecoveryShares(Vec<Share>);

impl RecoveryShares {
    /// Words of a share of 256 bits.
    const WORDS: usize = 33;
    /// No word of the list has more than 8 letters.
    const LONGEST: usize = Self::WORDS * 9;
    /// The most that the standard has in a set: 16 groups of 16.
    const MOST: usize = 256;
    /// 320,000 iterations, a second's worth: more would only cost whoever types such shares.
    const EXPONENT: u8 = 5;

    /// Splits a new secret into so many shares, a threshold of which gives it back.
    ///
    /// # Errors
    /// [`Error::Argument`] unless there are 2 to 16 shares and a threshold of 2 to as many, or 1 of 1; what the entropy source
    /// reports.
    pub fn split(threshold: u8, count: u8, entropy: &dyn Entropy) -> Result<Self> {
        let secret = Secret::generate(entropy)?;
        let split = Self(shamir::split(&secret, threshold, count, entropy)?);
        // Read as it will be typed: all of them, which have to agree.
        let words: Vec<_> = split.mnemonics().collect();
        let read = Self::from_mnemonics(words.iter().map(|words| words.as_str()))?;
        if read.secret()? == secret {
            Ok(split)
        } else {
            Err(Error::Miscalculated("recovery shares"))
        }
    }

    /// From the words of each share, in upper or lower case, with any white space between. Whether they are enough is told
    /// when they are used.
    ///
    /// # Errors
    /// [`Error::RecoveryShares`] with the first that is no share.
    pub fn from_mnemonics<'a>(mnemonics: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut shares = Vec::new();
        for (at, words) in mnemonics.into_iter().enumerate() {
            if at == Self::MOST {
                return Err(Error::TooLarge("recovery shares (256)"));
            }
            shares.push(read(words, at + 1).map_err(Error::RecoveryShares)?);
        }
        Ok(Self(shares))
    }

    /// The words of each share, with a space between, for whoever writes them down.
    pub fn mnemonics(&self) -> impl Iterator<Item = Zeroizing<String>> {
        // EXPOSE: the words are the secret's shares, shown once.
        self.0.iter().map(Share::words)
    }

    /// How the record describes the set, of which this has all shares.
    fn set(&self) -> Result<ShareSet> {
        let id = id_of(&self.secret()?)?;
        let first = self.0.first().filter(|share| share.set.groups == 1);
        let first = first.ok_or(Error::Argument("a whole set of shares is needed"))?;
        let shares = u8::try_from(self.0.len()).unwrap_or(u8::MAX);
        ShareSet::new(id, first.set.identifier, first.threshold, shares)
    }

    fn secret(&self) -> Result<Secret<32>> {
        let combined = shamir::combine(&self.0, b"").map_err(|incomplete| {
            Error::RecoveryShares(match incomplete {
                Incomplete::OtherSet(at) => ShareFault::OtherSet(at + 1),
                Incomplete::Twice(at) => ShareFault::Twice(at + 1),
                Incomplete::Missing(count) => ShareFault::Missing(count),
                Incomplete::Forged(Some(at)) => ShareFault::Forged(at + 1),
                Incomplete::Forged(None) => ShareFault::SomeForged,
            })
        })?;
        Ok(Secret::from_slice(&combined)?)
    }

    /// Which of the vault's sets they are of. A share of another set is named, also where those of the vault's are fewer, or
    /// not enough.
    fn check_set(&self, enrolments: &[Enrolment]) -> Result<()> {
        let of_vault = |share: &Share| {
            enrolments.iter().any(|enrolment| match enrolment {
                Enrolment::RecoveryShares(set) => set.identifier() == share.set.identifier,
                _ => false,
            })
        };
        let Some(odd) = self.0.iter().position(|share| !of_vault(share)) else {
            return Ok(());
        };
        // All of another set may be a replaced one, which their secret tells; or the same secret, shared again.
        let enough = !self.0.iter().any(of_vault)
            && !matches!(
                self.secret(),
                Err(Error::RecoveryShares(ShareFault::Missing(_)))
            );
        match enough {
            true => Ok(()),
            false => Err(Error::RecoveryShares(ShareFault::OtherSet(odd + 1))),
        }
    }
}

/// The share of these words, the `number`th that is given.
fn read(words: &str, number: usize) -> core::result::Result<Share, ShareFault> {
    // Nothing longer is looked at: people put more than one space between words, and not a thousand.
    let typed = match words.len() > 10 * RecoveryShares::LONGEST {
        true => "",
        false => words,
    };
    let words = Zeroizing::new(typed.to_lowercase());
    if words.split_whitespace().count() != RecoveryShares::WORDS {
        return Err(ShareFault::Count(number));
    }
    let share = Share::parse(&words).map_err(|unreadable| match unreadable {
        Unreadable::Length => ShareFault::Count(number),
        Unreadable::Unknown(at) => ShareFault::Unknown {
            share: number,
            word: at + 1,
        },
        Unreadable::Damaged => ShareFault::Checksum(number),
    })?;
    match share.set.exponent > RecoveryShares::EXPONENT {
        true => Err(ShareFault::OtherSet(number)),
        false => Ok(share),
    }
}

fn id_of(secret: &Secret<32>) -> Result<KitId> {
    let derived = hkdf_sha256(secret, b"", ID)?;
    // EXPOSE: half of what a label of its own derives names the set, and tells nothing of its secret.
    let (id, _) = derived.expose().split_at(16);
    Ok(KitId::new(id.try_into().expect("half of 32 bytes")))
}

impl Present for RecoveryShares {
    fn kind(&self) -> FactorKind {
        FactorKind::RecoveryShares
    }

    /// Nothing of shares that are not enough.
    fn paper_id(&self) -> Result<Option<KitId>> {
        match self.secret() {
            Ok(secret) => Ok(Some(id_of(&secret)?)),
            Err(_) => Ok(None),
        }
    }

    fn answer<'a>(
        &'a self,
        _: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            self.check_set(enrolments)?;
            let secret = self.secret()?;
            let own = id_of(&secret)?;
            // One each time: somebody may have put a record beside the set's that says the same.
            let is_own = |at: &usize| enrolments[*at].paper_id() == Some(&own);
            let Some(which) = (0..enrolments.len()).filter(is_own).nth(attempt) else {
                return Ok(None);
            };
            let kek = hkdf_sha256(&secret, b"", KEK)?;
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
        Box::pin(async move {
            let kek = hkdf_sha256(&self.secret()?, b"", KEK)?;
            Ok((Enrolment::RecoveryShares(self.set()?), kek))
        })
    }
}

impl fmt::Debug for RecoveryShares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryShares(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    fn words(set: &RecoveryShares) -> Vec<String> {
        set.mnemonics().map(|words| words.to_string()).collect()
    }

    fn refused(mnemonics: &[&str]) -> ShareFault {
        let shares = RecoveryShares::from_mnemonics(mnemonics.iter().copied());
        match shares.and_then(|shares| shares.secret()) {
            Err(Error::RecoveryShares(fault)) => fault,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn shares_are_read_as_people_type_them() {
        let set = RecoveryShares::split(2, 3, &SystemEntropy).expect("shares");
        let words = words(&set);
        let typed = words
            .iter()
            .map(|words| format!("  {}\n", words.to_uppercase().replace(' ', " \t\n")));
        let typed: Vec<_> = typed.collect();
        let read = RecoveryShares::from_mnemonics([typed[2].as_str(), &words[0]]).expect("shares");
        assert_eq!(read.secret(), set.secret());
    }

    #[test]
    fn a_damaged_share_is_named() {
        let set = RecoveryShares::split(2, 3, &SystemEntropy).expect("shares");
        let words = words(&set);
        let (good, bad) = (words[0].as_str(), words[1].as_str());
        let last = bad.rsplit(' ').next().expect("a word");
        let short = bad.rsplit_once(' ').expect("words").0;
        assert_eq!(refused(&[good, short]), ShareFault::Count(2));
        assert_eq!(
            refused(&[&format!("{good} {last}"), bad]),
            ShareFault::Count(1)
        );
        let unknown = format!("{short} sundial");
        let told = ShareFault::Unknown { share: 2, word: 33 };
        assert_eq!(refused(&[good, &unknown]), told);
        let other = if last == "zero" { "yoga" } else { "zero" };
        let wrong = format!("{short} {other}");
        assert_eq!(refused(&[good, &wrong]), ShareFault::Checksum(2));
        assert_eq!(refused(&[good, good]), ShareFault::Twice(2));
        assert_eq!(refused(&[good]), ShareFault::Missing(1));
        assert_eq!(refused(&[]), ShareFault::Missing(1));
        // The standard's shares of 128 bits, and those with a passphrase, are no factor's.
        assert_eq!(
            refused(&[
                "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke ajar critical decision keyboard"
            ]),
            ShareFault::Count(1)
        );
    }

    /// Labels of their own: the same bytes on a kit's paper are another id and another key.
    #[test]
    fn id_and_kek_are_hkdf_of_the_secret() {
        let secret = Secret::from_slice(&[7; 32]).expect("32 bytes");
        for other in [
            "strongroom recovery kit id",
            "strongroom recovery kit kek",
            "strongroom passkey kek",
        ] {
            for own in [ID, KEK] {
                let derived = hkdf_sha256(&secret, b"", own);
                assert_ne!(derived, hkdf_sha256(&secret, b"", other.as_bytes()));
            }
        }
    }

    #[test]
    fn debug_shows_no_word() {
        let set = RecoveryShares::split(2, 2, &SystemEntropy).expect("shares");
        assert_eq!(format!("{set:?}"), "RecoveryShares(redacted)");
    }
}

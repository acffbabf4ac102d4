//! What opens a vault that takes two factors at once: both kinds of a pair, or what opens it alone: what lies on paper, and what an
//! organisation has as an escrow.

use crate::base::{DeviceFault, Error, Result};

use super::{FactorEntry, FactorKind};

const UNEQUAL: Error =
    Error::Argument("requires (a passphrase and a passkey, or kms and one of them, each once)");

/// Two kinds of factors that open a vault together, and neither of them alone. Its recovery kits and recovery shares open it
/// alone: two things are lost more easily than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorPair([FactorKind; 2]);

/// One of the two envelopes around the vault key of such a vault, the one inside the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// To the pair's first kind.
    Outer = 0,
    /// To its second.
    Inner = 1,
}

impl FactorPair {
    /// How many factors open such a vault.
    pub(crate) const FACTORS: u64 = 2;

    /// The pair of two kinds, in whatever order.
    ///
    /// # Errors
    /// [`Error::Argument`] unless they are two different kinds of which a vault may need both: what lies on paper has to open
    /// it alone, a device is no person, and a KMS is beside one.
    pub fn new(kinds: &[FactorKind]) -> Result<Self> {
        use FactorKind::{Kms, Passkey, Passphrase};
        match kinds {
            [Passphrase, Passkey] | [Passkey, Passphrase] => Ok(Self([Passphrase, Passkey])),
            // What a KMS opens is an envelope to the person's own factor.
            [Kms, own @ (Passphrase | Passkey)] | [own @ (Passphrase | Passkey), Kms] => {
                Ok(Self([Kms, *own]))
            }
            _ => Err(UNEQUAL),
        }
    }

    /// Both.
    #[must_use]
    pub const fn kinds(self) -> [FactorKind; 2] {
        self.0
    }

    /// Whether it is one of the two.
    fn names(self, kind: FactorKind) -> bool {
        self.0.contains(&kind)
    }

    /// Whether the vault key is encrypted to factors of a kind in one of its envelopes: what opens the vault alone is a
    /// recipient of both.
    pub(crate) fn is_at(self, level: Level, kind: FactorKind) -> bool {
        kind.opens_alone() || self.0[level as usize] == kind
    }

    /// As the statement lists it: both, and what opens the vault alone, of what it has.
    pub(crate) fn openers(self, factors: &[FactorEntry]) -> Vec<Vec<String>> {
        let mut openers = vec![self.0.map(|kind| kind.as_str().to_owned()).to_vec()];
        for kind in [
            FactorKind::RecoveryKit,
            FactorKind::RecoveryShares,
            FactorKind::Escrow,
        ] {
            if factors.iter().any(|entry| entry.kind == kind.as_str()) {
                openers.push(vec![kind.as_str().to_owned()]);
            }
        }
        openers
    }

    /// The pair of such a list.
    pub(crate) fn of(openers: &[Vec<String>]) -> Option<Self> {
        let kinds = openers.first()?.iter().map(|kind| FactorKind::parse(kind));
        Self::new(&kinds.collect::<Option<Vec<_>>>()?).ok()
    }

    /// Refuses a factor of a kind that would be none of the vault's ways in.
    ///
    /// # Errors
    /// [`Error::ThisDevice`]; [`Error::Argument`].
    pub(crate) fn check_kind(self, kind: FactorKind) -> Result<()> {
        match kind {
            kind if kind.opens_alone() || self.names(kind) => Ok(()),
            FactorKind::ThisDevice => Err(Error::ThisDevice(DeviceFault::TwoNeeded)),
            FactorKind::Kms => Err(Error::Argument(
                "factor (a KMS opens no vault that takes others)",
            )),
            _ => Err(Error::Argument("factor (of a kind that the vault needs)")),
        }
    }

    /// Whether factors of these kinds are some of each of the two, and one that opens the vault alone, and none besides.
    ///
    /// # Errors
    /// [`Error::ThisDevice`], [`Error::Argument`]; [`Error::LastOfPair`] with the first that is missing.
    pub(crate) fn check_kinds(self, kinds: &[FactorKind]) -> Result<()> {
        for kind in kinds {
            self.check_kind(*kind)?;
        }
        for needed in self.0 {
            if !kinds.contains(&needed) {
                return Err(Error::LastOfPair(needed.as_str()));
            }
        }
        if kinds.iter().any(|kind| kind.is_on_paper()) {
            Ok(())
        } else {
            Err(Error::LastOfPair(FactorKind::RecoveryKit.as_str()))
        }
    }

    /// Whether factors of these kinds, presented together, are a way in.
    ///
    /// # Errors
    /// [`Error::SecondFactor`] with the kind that is missing; [`Error::ThisDevice`]; [`Error::Argument`].
    pub(crate) fn check_presented(
        self,
        first: FactorKind,
        second: Option<FactorKind>,
    ) -> Result<()> {
        self.check_kind(first)?;
        let [outer, inner] = self.0;
        let missing = if first == outer { inner } else { outer };
        match second {
            None if first.opens_alone() => Ok(()),
            Some(second) if !first.opens_alone() && second == missing => Ok(()),
            Some(second) if first.opens_alone() || second.opens_alone() => Err(Error::Argument(
                "factor (a recovery kit, recovery shares and an escrow key are given alone)",
            )),
            _ => Err(Error::SecondFactor(missing.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FactorKind::{Escrow, Passkey, Passphrase, RecoveryKit, RecoveryShares, ThisDevice};

    fn pair() -> FactorPair {
        FactorPair::new(&[Passphrase, Passkey]).expect("two kinds")
    }

    #[test]
    fn two_different_kinds_of_which_neither_lies_on_paper() {
        let others: [&[FactorKind]; 8] = [
            &[],
            &[Passphrase],
            &[Passphrase, Passphrase],
            &[Passkey, Passkey],
            &[Passphrase, RecoveryKit],
            &[RecoveryShares, Passkey],
            &[Passphrase, ThisDevice],
            &[Passphrase, Passkey, RecoveryKit],
        ];
        for kinds in others {
            assert_eq!(FactorPair::new(kinds), Err(UNEQUAL), "{kinds:?}");
        }
        let reversed = FactorPair::new(&[Passkey, Passphrase]).expect("two kinds");
        assert_eq!(reversed, pair());
    }

    #[test]
    fn both_or_paper_alone() {
        let presented = |first, second| pair().check_presented(first, second);
        for good in [
            (Passphrase, Some(Passkey)),
            (Passkey, Some(Passphrase)),
            (RecoveryKit, None),
            (RecoveryShares, None),
            (Escrow, None),
        ] {
            assert_eq!(presented(good.0, good.1), Ok(()), "{good:?}");
        }
        for (first, second, missing) in [
            (Passphrase, None, "passkey"),
            (Passkey, None, "passphrase"),
            (Passphrase, Some(Passphrase), "passkey"),
            (Passkey, Some(Passkey), "passphrase"),
            (Passphrase, Some(ThisDevice), "passkey"),
        ] {
            let refused = Err(Error::SecondFactor(missing));
            assert_eq!(presented(first, second), refused, "{first:?}, {second:?}");
        }
        for (first, second) in [
            (RecoveryKit, Passkey),
            (Passphrase, RecoveryKit),
            (RecoveryKit, RecoveryKit),
            (Escrow, Passkey),
            (Passphrase, Escrow),
        ] {
            let refused = presented(first, Some(second));
            assert!(matches!(refused, Err(Error::Argument(_))), "{refused:?}");
        }
        let device = Err(Error::ThisDevice(DeviceFault::TwoNeeded));
        assert_eq!(presented(ThisDevice, None), device);
        assert_eq!(presented(ThisDevice, Some(Passphrase)), device);
    }

    #[test]
    fn what_opens_the_vault_alone_is_at_both_levels() {
        for (kind, levels) in [
            (Passphrase, [true, false]),
            (Passkey, [false, true]),
            (RecoveryKit, [true, true]),
            (RecoveryShares, [true, true]),
            (Escrow, [true, true]),
            (ThisDevice, [false, false]),
        ] {
            let at = [Level::Outer, Level::Inner].map(|level| pair().is_at(level, kind));
            assert_eq!(at, levels, "{kind:?}");
        }
    }
}

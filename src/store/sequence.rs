//! The sequence of a vault: what its commits are compared by.

use crate::base::{Entropy, InputResult};

/// What changes with each commit to a vault, and is compared before the next: one more each time; 0 where there
/// is no vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Sequence(pub u64);

impl Sequence {
    /// Where the sequences of new vaults begin.
    const FIRST: core::ops::Range<u64> = 1 << 32..1 << 52;

    /// The one of a new vault: random, so that whoever holds an earlier vault of the same name can commit nothing
    /// into this one. Counting up from there never comes near 2^53, which JavaScript's numbers end at.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn first(entropy: &dyn Entropy) -> InputResult<Self> {
        loop {
            let mut drawn = [0; 8];
            entropy.fill(&mut drawn)?;
            let sequence = u64::from_le_bytes(drawn) % Self::FIRST.end;
            if Self::FIRST.contains(&sequence) {
                return Ok(Self(sequence));
            }
        }
    }

    /// The one after the next commit to a vault that is there.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_vaults_sequence_is_random_within_its_bounds() {
        let entropy = crate::base::SystemEntropy;
        let mut seen = Vec::new();
        for _ in 0..100 {
            let Sequence(sequence) = Sequence::first(&entropy).expect("entropy");
            assert!((1 << 32..1 << 52).contains(&sequence));
            seen.push(sequence);
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 100);
    }
}

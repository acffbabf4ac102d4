//! Bytes that must not be seen.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Entropy, InputError, InputResult};

/// `N` secret bytes: boxed, so that moving the secret moves a pointer and leaves no copy behind;
/// wiped when dropped; compared in constant time; never printed.
///
/// A `Secret` says nothing about purpose. Keys wrap it in a type of their own (`Kek`, `Dek`, …).
pub struct Secret<const N: usize>(Box<Zeroizing<[u8; N]>>);

impl<const N: usize> Secret<N> {
    /// `N` uniformly random bytes, filled in place.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> InputResult<Self> {
        let mut secret = Self::zeroed();
        entropy.fill(secret.expose_mut())?;
        Ok(secret)
    }

    /// Lets `fill` write the secret in place.
    ///
    /// # Errors
    /// What `fill` reports; the half-written secret is wiped.
    pub fn try_fill<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self::zeroed();
        fill(secret.expose_mut())?;
        Ok(secret)
    }

    /// Copies exactly `N` bytes.
    ///
    /// # Errors
    /// [`InputError::Malformed`] for another length.
    pub fn from_slice(bytes: &[u8]) -> InputResult<Self> {
        Self::try_fill(|to| {
            let from: &[u8; N] = bytes
                .try_into()
                .map_err(|_| InputError::Malformed("length of a key"))?;
            to.copy_from_slice(from);
            Ok(())
        })
    }

    /// The raw bytes. Every call is a line that says why: `// EXPOSE: …`.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }

    fn zeroed() -> Self {
        Self(Box::new(Zeroizing::new([0; N])))
    }
}

impl<const N: usize> Clone for Secret<N> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed();
        copy.expose_mut().copy_from_slice(self.0.as_slice());
        copy
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret<{N}>(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte() {
        let secret = Secret::<4>::from_slice(&[0xde, 0xad, 0xbe, 0xef]).expect("four bytes");
        assert_eq!(format!("{secret:?}"), "Secret<4>(redacted)");
    }

    #[test]
    fn another_length_is_refused() {
        assert_eq!(
            Secret::<4>::from_slice(&[0; 5]),
            Err(InputError::Malformed("length of a key"))
        );
    }

    #[test]
    fn equal_only_when_every_byte_is() {
        let a = Secret::<2>::from_slice(&[1, 2]).expect("two bytes");
        assert_eq!(a, a.clone());
        assert_ne!(a, Secret::from_slice(&[1, 3]).expect("two bytes"));
    }
}

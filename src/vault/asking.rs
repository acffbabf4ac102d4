//! Asking for a factor again, before something dangerous is done with an unlocked vault.

use core::ops::Deref;

use crate::{
    custody::{self, Holdings, Sealed, Step},
    vocabulary::{Error, Result},
};

use super::{Unlocked, Vault};

impl<O, E> Vault<Unlocked, O, E> {
    /// Goes on once the caller's one passphrase has opened the vault as it is stored now.
    ///
    /// # Errors
    /// [`Error::WrongFactor`]; [`Error::NoVault`] when it was deleted meanwhile; [`Error::Integrity`].
    pub fn ask<'a, V, T: 'a>(
        vault: V,
        then: impl FnOnce(V) -> Result<Step<'a, T>> + 'a,
    ) -> Step<'a, T>
    where
        V: Deref<Target = Self> + 'a,
    {
        let name = vault.name.clone();
        let read = move |(sequence, rows)| {
            let sealed = Sealed::new(sequence, rows)?;
            if *sealed.vault() != vault.id {
                return Err(Error::NoVault);
            }
            custody::unlock(sealed, move |_, _| then(vault))
        };
        Step::Read(name, Holdings::core(), Box::new(read))
    }
}

//! What concerns an unlocked vault as a whole: its backup, its head, the next vault key.

mod format;

pub use format::Backup;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub(crate) use format::Note;

use crate::{base::Result, object::body::Buffers, records::LastSeenHead, store::Store};

use super::{Unlocked, Vault, gate::Run};

/// A vault key that took the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultKeyRotation {
    /// Which vault key it is, counted from 1.
    pub generation: u64,
    /// How many records were written under it.
    pub records: u64,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Draws a new vault key and writes every record under it, in one commit. No factor is needed.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity) when a record does not open.
    pub async fn rotate_vault_key(&self) -> Result<VaultKeyRotation> {
        let rotate = self.operate("rotateVaultKey", Run::ChangingLatest, |now| {
            let change = now.holdings().rotate_vault_key(now.entropy())?;
            let rotated = VaultKeyRotation {
                generation: now.holdings().generation() + 1,
                records: change.records(),
            };
            Ok((rotated, Some(change)))
        });
        rotate.await
    }

    /// The head as it is now, for an unlock to hold the vault against.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn head(&self) -> Result<LastSeenHead> {
        self.read_latest("head", |now| Ok(now.holdings().seen()))
            .await
    }

    /// Everything the vault holds, for [`Vault::restore`](Vault::restore), a record among it that it was
    /// given out.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn backup(&self) -> Result<Vec<u8>> {
        let backup = self.operate("backup", Run::ChangingLatest, |now| {
            let (backup, noted) = now.backup()?;
            Ok((backup, Some(noted)))
        });
        backup.await
    }
}

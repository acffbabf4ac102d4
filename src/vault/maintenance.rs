//! The maintenance of an unlocked vault.

use crate::{base::Result, keys::MaintenanceReport, object::body::Buffers, store::Store};

use super::{Unlocked, Vault, gate::Run};

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Does what is due, and writes the use counts.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub async fn tick(&self) -> Result<MaintenanceReport> {
        self.operate("tick", Run::ChangingLatest, |now| now.tick())
            .await
    }
}

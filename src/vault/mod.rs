//! The front door.
//!
//! A [`Vault<Locked>`](Vault) can be unlocked and nothing else; only a [`Vault<Unlocked>`](Vault)
//! has keys and can encrypt. Calling `encrypt` on a locked vault is not an error at run time: it
//! does not compile.
//!
//! ```compile_fail
//! use strongroom::{custody::MemoryStore, body::RustEngine, vault::{Locked, Outside, Vault}, Context};
//! async fn locked(vault: Vault<Locked, Outside<MemoryStore>, RustEngine>) {
//!     let _ = vault.encrypt("photos", &Context::none(), None).await;
//! }
//! ```

mod asking;
mod calls;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod golden;
mod host;
mod indexing;
mod key_info;
mod locked;
mod object;
mod snapshot;
mod survey;
mod unlocked;
mod unlocking;

pub use host::{Event, Host, Outside};
pub use locked::Locked;
pub use object::{
    Decryption, Encryption, FileMetadata, Origin, Resumption, open_object, seal_object,
};
pub use snapshot::{DecryptOptions, Snapshot, Verified};
pub use unlocked::{Operation, Unlocked, changed, read};

use std::rc::Rc;

use crate::{custody::VaultName, vocabulary::VaultId};

/// A vault in one of its two states, on a [`Host`].
pub struct Vault<State, O, E> {
    host: Rc<Host<O, E>>,
    name: VaultName,
    id: VaultId,
    state: State,
}

impl<State, O, E> Vault<State, O, E> {
    /// The name it has in its store.
    #[must_use]
    pub fn name(&self) -> &VaultName {
        &self.name
    }

    /// Its id, which a backup keeps.
    #[must_use]
    pub fn id(&self) -> &VaultId {
        &self.id
    }
}

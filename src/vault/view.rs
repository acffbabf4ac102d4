//! Views: handles of an unlocked vault with fewer rights, for some operations on some keys.
//!
//! A view binds whoever has nothing but it. A key that it does not list is none to it: it is neither listed nor found, and nothing under
//! it opens. What is refused to it is refused before any policy is asked, and its operations pass the policies of the key and of the
//! vault as well. Whatever is not named here is none of a view's requests.

use std::rc::Rc;

use crate::{
    base::{Error, KeyId, Result},
    inventory::TrackedObject,
    keys::{KeyListing, Operation},
    object::body::Buffers,
    store::Store,
};

use super::{Unlocked, Vault, caller::Caller, gate::Request, transaction::Transaction};

/// Requests of a view besides the operations on keys. They read.
const READS: [&str; 3] = ["can", "findKey", "listKeys"];

/// What a handle is for.
pub(crate) struct View {
    operations: Vec<Operation>,
    /// The keys, by their ids; all keys where none are named.
    keys: Option<Vec<KeyId>>,
}

impl View {
    fn has(&self, key: &KeyId) -> bool {
        let mut keys = self.keys.iter();
        keys.all(|keys| keys.contains(key))
    }
}

impl<S, E> Vault<Unlocked, S, E> {
    /// Whether this is the vault's own handle, for what has no transaction that would ask.
    ///
    /// # Errors
    /// [`Error::OutsideView`] of a view.
    pub(super) fn check_whole(&self) -> Result<()> {
        if self.caller.view.is_some() {
            Err(Error::OutsideView)
        } else {
            Ok(())
        }
    }
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// A handle of the same vault for these operations on these keys, named by alias or id, and for nothing else; on all keys where
    /// none are named. It keeps its keys when they get other aliases, and ends with the vault's lock. A view has no views.
    ///
    /// # Errors
    /// [`Error::NoKey`]; [`Error::Argument`] for no operation, for one on the vault itself, for an export, and for an empty list of keys;
    /// [`Error::OutsideView`] of a view.
    pub async fn view(&self, operations: &[Operation], keys: Option<&[String]>) -> Result<Self> {
        self.check_whole()?;
        if operations.is_empty() || !operations.iter().copied().all(Operation::suits_view) {
            return Err(Error::Argument(
                "operations (at least one, each on a key; a view exports none)",
            ));
        }
        let keys = match keys {
            None => None,
            Some([]) => return Err(Error::Argument("keys (at least one; leave it out for all)")),
            Some(named) => Some(self.ids_of(named).await?),
        };
        let view = View {
            operations: operations.to_vec(),
            keys,
        };
        Ok(self.said_by(Caller {
            view: Some(Rc::new(view)),
            ..Caller::default()
        }))
    }

    async fn ids_of(&self, named: &[String]) -> Result<Vec<KeyId>> {
        let request = Request::of("findKey").on_latest();
        let found = self.read(request, async |tx| {
            let mut ids = Vec::new();
            for name in named {
                ids.push(tx.key(name).await?.id.clone());
            }
            Ok(ids)
        });
        found.await
    }
}

impl Transaction<'_> {
    /// Whether the handle is for such a request at all. What nobody asked for passes: it asks for each key.
    ///
    /// # Errors
    /// [`Error::OutsideView`].
    pub(super) fn check_request(&self) -> Result<()> {
        let request = self.request();
        let named = |operation: &Operation| operation.as_str() == request.operation;
        let is_of_key = || Operation::OF_KEYS.iter().any(named);
        if self.view().is_none()
            || !request.asked
            || READS.contains(&request.operation)
            || is_of_key()
        {
            return Ok(());
        }
        Err(Error::OutsideView)
    }

    /// Whether the handle is for an operation.
    ///
    /// # Errors
    /// [`Error::OutsideView`].
    pub(super) fn check_view(&self, operation: Operation) -> Result<()> {
        match self.view() {
            Some(view) if !view.operations.contains(&operation) => Err(Error::OutsideView),
            _ => Ok(()),
        }
    }

    /// Whether the handle is for all keys.
    pub(super) fn sees_all(&self) -> bool {
        self.view().is_none_or(|view| view.keys.is_none())
    }

    /// Whether the handle is for a key: another one is none to it, though the audit log says which it was.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub(super) fn check_seen(&self, key: &KeyId) -> Result<()> {
        match self.view() {
            Some(view) if !view.has(key) => {
                self.note_hidden(key);
                Err(Error::NoKey)
            }
            _ => Ok(()),
        }
    }

    /// As [`check_seen`](Self::check_seen), of an object of the inventory, which its key hides.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub(super) fn check_object_seen(&self, object: &TrackedObject) -> Result<()> {
        self.check_seen(&object.key).map_err(|_| Error::NoObject)
    }

    /// Those of some keys that the handle is for.
    pub(super) fn seen(&self, listed: Rc<Vec<Rc<KeyListing>>>) -> Rc<Vec<Rc<KeyListing>>> {
        let Some(view) = self.view() else {
            return listed;
        };
        let mut seen = Vec::clone(&listed);
        seen.retain(|listing| view.has(&listing.id));
        Rc::new(seen)
    }
}

//! An unlocked vault's inventory of objects.

use crate::{
    base::{Error, ObjectId, Result, Thumbprint},
    inventory::{Copies, ObjectPage, TrackedObject},
    object::body::Buffers,
    store::Store,
};

use super::{Header, Unlocked, Vault, gate::Request};

/// Which objects are listed: those that meet all of what is asked.
#[derive(Debug, Clone, Copy)]
pub struct ObjectQuery<'a> {
    /// The sidecars of this one.
    pub parent: Option<&'a str>,
    /// Those that depend on a version of this key, by its alias or id.
    pub key: Option<&'a str>,
    /// Those that depend on one of these versions.
    pub versions: Option<&'a [&'a str]>,
    /// Those that this key opens, too.
    pub recipient: Option<&'a Thumbprint>,
    /// Those whose id comes after this one.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: usize,
}

impl ObjectQuery<'_> {
    /// The first so many of all objects.
    #[must_use]
    pub fn first(limit: usize) -> Self {
        Self {
            parent: None,
            key: None,
            versions: None,
            recipient: None,
            after: None,
            limit,
        }
    }
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Takes an object into the inventory: the one of this id, if one is expected. Of one that is there already, the id
    /// is enough to change what is said of it.
    ///
    /// # Errors
    /// [`Error::NoKey`] when its header is for none of the vault's keys; [`Error::Decrypt`] when it was
    /// changed, or is of another object than was expected; [`Error::Argument`] for a sidecar of a sidecar;
    /// [`Error::TooLarge`] for one sidecar more than [an object gets](crate::base::Sidecar::MAX_OF_ONE); [`Error::Unsigned`] for one under a version that is compromised, unless it is in the inventory already.
    pub async fn track(
        &self,
        header: &Header,
        expect: Option<&str>,
        location: Option<&str>,
        size: Option<u64>,
    ) -> Result<TrackedObject> {
        let request = Request::of("track");
        self.change(request, async |tx| {
            if let Header::Kept(id) = header
                && expect.is_none_or(|expected| expected == id)
            {
                let known = tx.object(id).await?;
                if known.header.is_none() {
                    return tx.relocate(known, location, size).await;
                }
            }
            let envelope = header.envelope(tx).await?;
            if expect.is_some() && expect != envelope.jkt().map(ObjectId::as_str) {
                return Err(Error::Decrypt);
            }
            let signature = header.signature();
            tx.track((&envelope, signature), location, size).await
        })
        .await
    }

    /// Takes an object out of the inventory, its sidecars with it. With the only copy of its header, which
    /// the vault keeps of some, the object itself would be lost, and its sidecars would be forgotten: both
    /// are asked for by `force`.
    ///
    /// # Errors
    /// [`Error::NoObject`]; [`Error::InUse`] without `force`.
    pub async fn untrack(&self, id: &str, force: bool) -> Result<()> {
        let request = Request::of("untrack");
        self.change(request, async |tx| tx.untrack(id, force).await)
            .await
    }

    /// A page of objects.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Integrity`].
    pub async fn list_objects(&self, query: &ObjectQuery<'_>) -> Result<ObjectPage> {
        let request = Request::of("listObjects").on_latest();
        self.read(request, async |tx| tx.list_objects(query).await)
            .await
    }

    /// Destroys an object and its sidecars by the only copies of their headers; or says which other copies
    /// there are, and does nothing.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub async fn shred(&self, id: &str) -> Result<Copies> {
        let request = Request::of("shred").on_latest();
        self.change(request, async |tx| tx.shred(id).await).await
    }
}

/// Which objects: all, where nothing is said.
#[derive(Clone, Copy)]
pub(super) struct ObjectFilter<'a> {
    /// The sidecars of this one.
    pub(super) parent: Option<&'a str>,
    /// Those that depend on one of these versions.
    pub(super) versions: Option<&'a [&'a str]>,
    /// Those that this key opens, too.
    pub(super) recipient: Option<&'a Thumbprint>,
}

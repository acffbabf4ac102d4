//! Headers under other versions, and objects that end with their headers.

use crate::{
    base::{Entropy, Error, Result, Timestamp},
    jose::{self, Envelope},
    vault::{
        holdings::{Change, Holdings},
        keyring::Keyring,
    },
};

use super::{TrackedObject, object_id};

/// What became of a header.
pub struct Rewrapped {
    /// The object's id.
    pub id: String,
    /// The key that it is under now, by its id.
    pub key: String,
    /// The version that it was under, by its id.
    pub from: String,
    /// The version that it is under now.
    pub to: String,
    /// The new header; none where the old one was under the primary version already.
    pub header: Option<Envelope>,
}

/// Which copies of an object's header, or of a sidecar's, there are beside the one that was to be the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copies {
    /// Whether somebody else keeps the header: the inventory has none of it.
    pub elsewhere: bool,
    /// The backups that hold it: when each was made, and its id.
    pub backups: Vec<(Timestamp, String)>,
}

impl Copies {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.elsewhere && self.backups.is_empty()
    }
}

impl Keyring<'_> {
    /// A header under the primary version of its own key, or of another: same DEK, same body. The new one
    /// was opened and compared.
    ///
    /// # Errors
    /// [`Error::Unsigned`] for one that others can have written: under a key of ours it would pass for
    /// ours. [`Error::NoKey`], [`Error::State`], [`Error::Purpose`], [`Error::Decrypt`];
    /// [`Error::Unsupported`] for a header with other recipients.
    pub(crate) fn rewrap(
        &self,
        header: &Envelope,
        to: Option<&str>,
        entropy: &dyn Entropy,
    ) -> Result<Rewrapped> {
        let id = object_id(header)?;
        let (found, identity) = self.identities_of(header)?.swap_remove(0);
        found.kek().map_err(|_| Error::Unsigned)?;
        let target = self.protecting(to.unwrap_or(&found.key.id))?;
        let kek = target.kek()?;
        let same = target.key.id == found.key.id && target.version == found.version;
        let header = if same {
            None
        } else {
            Some(jose::rewrap(header, &[identity], &[kek.into()], entropy)?)
        };
        Ok(Rewrapped {
            id: id.as_str().to_owned(),
            key: target.key.id.clone(),
            from: found.version,
            to: target.version,
            header,
        })
    }

    /// The header that the vault keeps of an object, under the primary version: written in one step with
    /// what the inventory says of it.
    pub(crate) fn rewrap_kept(
        &self,
        id: &str,
        to: Option<&str>,
        entropy: &dyn Entropy,
    ) -> Result<(Rewrapped, Option<Change>)> {
        let mut object = self.holdings.object(id)?;
        let rewrapped = self.rewrap(&object.kept_header()?, to, entropy)?;
        let Some(header) = &rewrapped.header else {
            return Ok((rewrapped, None));
        };
        object.key.clone_from(&rewrapped.key);
        object.version.clone_from(&rewrapped.to);
        object.header = Some(header.as_str()?.to_owned());
        let change = self.holdings.put_object(&object, entropy)?;
        Ok((rewrapped, Some(change)))
    }

    /// Tells the inventory that a header under another version was stored where the old one was. An
    /// object that is not in the inventory is fine, and so is one whose header the vault keeps itself.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Decrypt`].
    pub(crate) fn stored(
        &self,
        header: &Envelope,
        entropy: &dyn Entropy,
    ) -> Result<Option<Change>> {
        let mut object = match self.holdings.object(object_id(header)?.as_str()) {
            Ok(object) if object.header.is_none() => object,
            Ok(_) | Err(Error::NoObject) => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = self.dependency(header)?;
        if object.version == found.version {
            return Ok(None);
        }
        (object.key, object.version) = (found.key, found.version);
        self.holdings.put_object(&object, entropy).map(Some)
    }
}

impl TrackedObject {
    /// Its header, if the vault keeps it.
    ///
    /// # Errors
    /// [`Error::NoObject`] when it does not.
    pub fn kept_header(&self) -> Result<Envelope> {
        let header = self.header.as_ref().ok_or(Error::NoObject)?;
        Envelope::parse(header.as_bytes())
    }
}

impl Holdings {
    /// Destroys an object and its sidecars by the only copies of their headers; or says which other copies
    /// there are, and does nothing.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub fn shred(&self, id: &str, entropy: &dyn Entropy) -> Result<(Copies, Option<Change>)> {
        let (mut elsewhere, mut since) = (false, u64::MAX);
        for object in self.object_with_sidecars(id)? {
            elsewhere |= object.header.is_none();
            since = since.min(object.since);
        }
        let copies = Copies {
            elsewhere,
            backups: self.backups_since(since)?,
        };
        if !copies.is_empty() {
            return Ok((copies, None));
        }
        let change = self.untrack(id, true, entropy)?;
        Ok((copies, Some(change)))
    }
}

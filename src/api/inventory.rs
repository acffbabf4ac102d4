//! The inventory: what a page asks of it, and is told.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Error, KeyId, Object, ObjectId, Result, Thumbprint, VersionId},
    inventory::{ObjectPage, Rewrapped, TrackedObject},
    jose::{Envelope, PublicRecipient},
    vault::{ObjectQuery, ReplaceRecipient},
};

use super::key_options::limit;

/// To which key a header goes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RewrapOptions {
    /// A key by its alias or id; the header's own unless given.
    pub to: Option<String>,
    /// Another key in the place of a recipient's.
    pub replace: Option<ReplaceOptions>,
    /// The id that the header's object must have.
    pub expect: Option<String>,
    /// Whether nothing is written.
    pub dry_run: Option<bool>,
    /// Why.
    pub reason: Option<String>,
}

/// Which recipient another one takes the place of.
#[derive(Deserialize)]
pub struct ReplaceOptions {
    /// The thumbprint of the key that goes.
    from: Thumbprint,
    /// The JSON of the public JWK that comes.
    to: String,
}

impl ReplaceOptions {
    /// Reads the key that comes.
    ///
    /// # Errors
    /// [`Error::Argument`] for what is no public key with a `kid`.
    pub fn read(self) -> Result<ReplaceRecipient> {
        // What is wrong with it is no header's fault.
        let to = PublicRecipient::parse(self.to.as_bytes()).map_err(|_| {
            Error::Argument("replaceRecipient.to (a public JWK of RSA or on P-256, with a kid)")
        })?;
        let from = self.from;
        Ok(ReplaceRecipient { from, to })
    }
}

/// What is known of an object that is tracked.
#[derive(Deserialize)]
pub struct TrackOptions {
    /// Its id, which its header must have.
    pub id: Option<String>,
    /// Where its caller has it.
    pub location: Option<String>,
    /// Bytes that are stored.
    pub size: Option<u64>,
}

/// Which objects to list.
#[derive(Deserialize)]
pub struct ObjectOptions {
    parent: Option<String>,
    key: Option<String>,
    version: Option<String>,
    recipient: Option<Thumbprint>,
    after: Option<String>,
    limit: Option<u64>,
}

impl ObjectOptions {
    /// Lends the query to whoever runs it.
    pub async fn run<T>(self, list: impl AsyncFnOnce(&ObjectQuery<'_>) -> T) -> T {
        let versions = self.version.as_deref().map(|version| [version]);
        let query = ObjectQuery {
            parent: self.parent.as_deref(),
            key: self.key.as_deref(),
            versions: versions.as_ref().map(<[_; 1]>::as_slice),
            recipient: self.recipient.as_ref(),
            after: self.after.as_deref(),
            limit: limit(self.limit),
        };
        list(&query).await
    }
}

/// Some objects, the last one's id if more follow, and how many there are.
#[derive(Serialize)]
pub struct ObjectListing {
    objects: Vec<Object>,
    next: Option<ObjectId>,
    total: u64,
}

impl From<ObjectPage> for ObjectListing {
    fn from(page: ObjectPage) -> Self {
        Self {
            objects: page.objects.iter().map(TrackedObject::told).collect(),
            next: page.next,
            total: page.total,
        }
    }
}

/// What was done with a header.
#[derive(Serialize)]
pub struct RewrapResult<'a> {
    id: &'a ObjectId,
    status: &'static str,
    key: &'a KeyId,
    from: &'a VersionId,
    to: &'a VersionId,
    header: Option<&'a str>,
    signature: Option<&'a str>,
}

impl<'a> RewrapResult<'a> {
    /// `silent`: without the header.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a header that is no text.
    pub fn of(rewrapped: &'a Rewrapped, silent: bool) -> Result<Self> {
        let header = rewrapped.header.as_ref();
        Ok(Self {
            id: &rewrapped.id,
            status: if header.is_some() { "done" } else { "skipped" },
            key: &rewrapped.key,
            from: &rewrapped.from,
            to: &rewrapped.to,
            header: header
                .filter(|_| !silent)
                .map(Envelope::as_str)
                .transpose()?,
            signature: rewrapped.signature.as_deref().filter(|_| !silent),
        })
    }
}

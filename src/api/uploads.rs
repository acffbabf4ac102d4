//! Pending uploads: what a page says of one, and is told.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Object, ObjectId},
    inventory::Upload,
};

/// What is remembered of an upload.
#[derive(Deserialize)]
pub struct PinnedUpload {
    /// The object's id.
    pub id: ObjectId,
    /// Its file's name.
    pub name: Option<String>,
    /// Where its caller puts it.
    pub location: Option<String>,
    /// Whether header and body are one blob.
    pub attached: bool,
    /// Whether the vault keeps the header.
    pub kept: bool,
}

/// The pending uploads, the oldest first.
#[derive(Serialize)]
pub struct UploadListing {
    uploads: Vec<Object>,
}

impl UploadListing {
    /// Of these.
    #[must_use]
    pub fn of(uploads: &[Upload]) -> Self {
        Self {
            uploads: uploads.iter().map(Upload::told).collect(),
        }
    }
}

//! What a page is told of a value that was opened.

use serde::Serialize;

use crate::base::VersionState;

use super::OpenedBy;

/// A value, and what its being opened proves.
#[derive(Serialize)]
pub struct DecryptedValue<'a> {
    /// Its JSON text.
    pub json: &'a str,
    /// `own`, or `unsigned` of a version that is compromised.
    pub origin: &'static str,
    /// The version that opened it.
    pub version: Option<OpenedBy>,
}

impl<'a> DecryptedValue<'a> {
    /// What the version's state says of its writer.
    #[must_use]
    pub fn of(json: &'a str, version: Option<OpenedBy>) -> Self {
        let compromised = |by: &OpenedBy| by.state == VersionState::Compromised;
        let origin = if version.as_ref().is_some_and(compromised) {
            "unsigned"
        } else {
            "own"
        };
        Self {
            json,
            origin,
            version,
        }
    }
}

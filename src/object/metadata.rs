//! What is known of a file.

use serde::{Deserialize, Serialize};

use crate::base::{InputError, InputResult, Object, Timestamp};

/// The member of a DEK's JWK that describes the file.
pub(crate) const FILE: &str = "file";

/// What is known of a file, as callers give it and are told of it. Travels inside the encrypted JWK, never
/// in the clear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FileMetadata {
    /// Its name.
    pub name: Option<String>,
    /// Its media type.
    pub r#type: Option<String>,
    /// Its size in plaintext bytes; absent for a stream of unknown length.
    pub size: Option<u64>,
    /// When it was changed last, in milliseconds since 1970.
    pub modified: Option<Timestamp>,
}

/// The same as the encrypted JWK holds it.
#[derive(Serialize, Deserialize)]
struct FileMember {
    name: Option<String>,
    r#type: Option<String>,
    size: Option<u64>,
    modified: Option<Timestamp>,
}

impl FileMetadata {
    /// From `{ name?, type?, size?, modified? }`. Other members are a later version's.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn parse(members: Object) -> InputResult<Self> {
        let known = members.only(&["name", "type", "size", "modified"]);
        let member: FileMember = known.decode(InputError::Malformed("file metadata"))?;
        Ok(Self {
            name: member.name,
            r#type: member.r#type,
            size: member.size,
            modified: member.modified,
        })
    }

    /// As a page is told.
    #[must_use]
    pub fn to_json(&self) -> Object {
        Object::encode(self)
    }

    pub(crate) fn to_member(&self) -> Object {
        let file = self.clone();
        Object::encode(&FileMember {
            name: file.name,
            r#type: file.r#type,
            size: file.size,
            modified: file.modified,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<FileMember>("{\"name\":\"n\"}", &[]);
        let text = r#"{"name":"n","type":"image/png","size":1,"modified":2}"#;
        is_strict::<FileMember>(text, &[]);
    }

    #[test]
    fn metadata_of_a_later_version_is_read_as_far_as_it_is_known() {
        let read = |text: &str| {
            let members = Object::parse(text.as_bytes(), InputError::Malformed("x"))?;
            FileMetadata::parse(members)
        };
        let known = FileMetadata {
            size: Some(1),
            ..FileMetadata::default()
        };
        assert_eq!(read(r#"{"width":null,"size":1,"ratio":1.5}"#), Ok(known));
        let refused = Err(InputError::Malformed("file metadata"));
        for bad in [r#"{"size":"1"}"#, r#"{"name":null}"#, r#"{"modified":1.5}"#] {
            assert_eq!(read(bad), refused, "{bad}");
        }
    }
}

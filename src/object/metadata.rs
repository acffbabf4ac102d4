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
    /// What else its writer says of it: the JSON text of an object.
    pub custom: Option<String>,
}

/// The same as the encrypted JWK holds it.
#[derive(Serialize, Deserialize)]
struct FileMember {
    name: Option<String>,
    r#type: Option<String>,
    size: Option<u64>,
    modified: Option<Timestamp>,
    custom: Option<String>,
}

impl FileMetadata {
    /// The most bytes of what else is said.
    pub const MAX_CUSTOM: usize = 4096;

    /// From `{ name?, type?, size?, modified?, custom? }`. Other members are a later version's.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn parse(members: Object) -> InputResult<Self> {
        const MALFORMED: InputError = InputError::Malformed("file metadata");
        let known = members.only(&["name", "type", "size", "modified", "custom"]);
        let member: FileMember = known.decode(MALFORMED)?;
        if member
            .custom
            .as_deref()
            .is_some_and(|text| !Self::is_custom(text))
        {
            return Err(MALFORMED);
        }
        Ok(Self {
            name: member.name,
            r#type: member.r#type,
            size: member.size,
            modified: member.modified,
            custom: member.custom,
        })
    }

    /// Whether a text may be what else is said.
    pub(crate) fn is_custom(text: &str) -> bool {
        const MALFORMED: InputError = InputError::Malformed("custom");
        text.len() <= Self::MAX_CUSTOM && Object::parse(text.as_bytes(), MALFORMED).is_ok()
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
            custom: file.custom,
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
        let text = r#"{"name":"n","type":"image/png","size":1,"modified":2,"custom":"{}"}"#;
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

    #[test]
    fn what_else_is_said_is_the_text_of_an_object_and_bounded() {
        let read = |custom: &str| {
            FileMetadata::parse(Object::new().with("custom", custom)).map(|file| file.custom)
        };
        let longest = |bytes: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8));
        for good in ["{}", r#"{"pages":3,"ratio":1.5e-3}"#, &longest(4096)] {
            assert_eq!(read(good), Ok(Some(good.to_owned())));
        }
        let deep = [r#"{"a":"#, &"[".repeat(16), &"]".repeat(16), "}"].concat();
        let refused = Err(InputError::Malformed("file metadata"));
        for bad in [
            "",
            "[]",
            "3",
            r#"{"a":1,"a":2}"#,
            r#"{"a":"\ud800"}"#,
            &deep,
            &longest(4097),
        ] {
            assert_eq!(read(bad), refused, "{bad}");
        }
    }
}

//! Sidecars: small objects that belong to others.

use serde::{Deserialize, Serialize};

use super::{InputError, InputResult, Json, Object, ObjectId};

/// What makes an object a sidecar, such as a thumbnail: which object it belongs to, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sidecar {
    parent: ObjectId,
    name: Name,
}

/// 1 to [`Sidecar::MAX_NAME`] of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = InputError;

    fn try_from(name: String) -> InputResult<Self> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if (1..=Sidecar::MAX_NAME).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name))
        } else {
            Err(InputError::Argument(
                "a sidecar's name: 1 to 64 of a-z, 0-9, -",
            ))
        }
    }
}

impl Sidecar {
    /// The member of a DEK's JWK, and of a vault's record, that says so.
    pub const MEMBER: &str = "sidecar";
    /// The most characters a name may have.
    pub const MAX_NAME: usize = 64;

    /// The most sidecars that an object gets in a vault.
    pub const MAX_OF_ONE: usize = 10_000;

    /// What a sidecar of a sidecar is refused with.
    pub const OF_A_SIDECAR: InputError =
        InputError::Argument("a sidecar has no sidecars of its own");

    /// A sidecar of an object.
    ///
    /// # Errors
    /// [`InputError::Argument`] for a name that is not 1 to [`Self::MAX_NAME`] of `a-z`, `0-9` and `-`.
    pub fn new(parent: ObjectId, name: impl Into<String>) -> InputResult<Self> {
        let name = name.into().try_into()?;
        Ok(Self { parent, name })
    }

    /// From exactly `{ parent, name }`.
    ///
    /// # Errors
    /// `malformed`.
    pub fn parse(members: Object, malformed: InputError) -> InputResult<Self> {
        members.decode(malformed)
    }

    /// From such a [member](Self::MEMBER), where there is one.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn of_member(member: Option<Json>) -> InputResult<Option<Self>> {
        const MALFORMED: InputError = InputError::Malformed("what an object is a sidecar of");
        let parse = |json: Json| Self::parse(json.into_object().ok_or(MALFORMED)?, MALFORMED);
        member.map(parse).transpose()
    }

    /// The id of the object that it belongs to.
    #[must_use]
    pub fn parent(&self) -> &ObjectId {
        &self.parent
    }

    /// What it is of that object: `thumbnail`, `preview`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name.0
    }

    /// As [`parse`](Self::parse) reads it.
    #[must_use]
    pub fn to_json(&self) -> Object {
        Object::encode(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent() -> ObjectId {
        ObjectId::from_hash([7; 32])
    }

    #[test]
    fn names_are_short_and_plain() {
        for name in ["a", "thumbnail", "page-1", &"x".repeat(64)] {
            let sidecar = Sidecar::new(parent(), name).expect("a name");
            assert_eq!((sidecar.name(), sidecar.parent()), (name, &parent()));
        }
        for name in ["", "Thumbnail", "a b", "a_b", "ü", &"x".repeat(65)] {
            let refused = Sidecar::new(parent(), name);
            assert!(matches!(refused, Err(InputError::Argument(_))), "{name:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let sidecar = Sidecar::new(parent(), "thumbnail").expect("a name");
        let json = sidecar.to_json();
        let again = Sidecar::of_member(Some(json.clone().into()));
        assert_eq!(again, Ok(Some(sidecar)));
        assert_eq!(Sidecar::of_member(None), Ok(None));
        for other in [
            json.clone().with("name", "A").into(),
            json.clone().with("parent", "x").into(),
            json.clone().with("size", 1_u64).into(),
            Object::new().into(),
            Json::Null,
        ] {
            let refused = Sidecar::of_member(Some(other));
            assert!(matches!(refused, Err(InputError::Malformed(_))));
        }
    }
}

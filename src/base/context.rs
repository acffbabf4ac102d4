//! The encryption context: what a caller binds to a ciphertext.

use super::{InputError, InputResult, Object, Sidecar};

/// A string→string map that must be given again to decrypt, as AWS KMS's encryption context.
///
/// It is authenticated, not secret. No context and an empty one are the same. Names that begin with
/// `strongroom:` are reserved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Nothing when it is empty.
    canonical: String,
    sidecar: Option<Sidecar>,
}

const TOO_LARGE: InputError = InputError::TooLarge("context (64 members, 8 KiB)");

impl Context {
    /// The most members a context may have.
    pub const MAX_MEMBERS: usize = 64;
    /// The most bytes its canonical JSON may have.
    pub const MAX_BYTES: usize = 8 * 1024;

    /// No context.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A context of the members given.
    ///
    /// # Errors
    /// [`InputError::Argument`] for a reserved or a repeated name; [`InputError::TooLarge`] beyond
    /// [`Self::MAX_MEMBERS`] or [`Self::MAX_BYTES`].
    pub fn new(members: impl IntoIterator<Item = (String, String)>) -> InputResult<Self> {
        let mut object = Object::new();
        for (name, value) in members {
            if name.starts_with("strongroom:") {
                return Err(InputError::Argument(
                    "context names beginning with strongroom: are reserved",
                ));
            }
            if object.get(&name).is_some() {
                return Err(InputError::Argument("a context name given twice"));
            }
            if object.len() == Self::MAX_MEMBERS || name.len() + value.len() > Self::MAX_BYTES {
                return Err(TOO_LARGE);
            }
            object = object.with(&name, value);
        }
        if object.is_empty() {
            return Ok(Self::none());
        }
        Self::of(object, None)
    }

    /// This context as a sidecar has it: bound to the parent and the name besides.
    ///
    /// # Errors
    /// [`InputError::Argument`] for a sidecar's own context: it has none beside it. [`InputError::TooLarge`].
    pub fn of_sidecar(&self, sidecar: Sidecar) -> InputResult<Self> {
        if self.sidecar.is_some() {
            return Err(Sidecar::OF_A_SIDECAR);
        }
        let members = self
            .members()?
            .with("strongroom:parent", sidecar.parent().as_str())
            .with("strongroom:sidecar", sidecar.name());
        Self::of(members, Some(sidecar))
    }

    fn of(members: Object, sidecar: Option<Sidecar>) -> InputResult<Self> {
        let many = members.len() > Self::MAX_MEMBERS;
        let canonical = members.sorted().text();
        if many || canonical.len() > Self::MAX_BYTES {
            Err(TOO_LARGE)
        } else {
            Ok(Self { canonical, sidecar })
        }
    }

    /// The RFC 8785 canonical JSON; no bytes at all when the context is empty.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        self.canonical.as_bytes()
    }

    /// The same without what names an object whose sidecar it is bound to: what the caller gave.
    ///
    /// # Errors
    /// None: what is read was written here.
    pub(crate) fn given(&self) -> InputResult<Vec<u8>> {
        if self.sidecar.is_none() {
            return Ok(self.canonical().to_vec());
        }
        let mut given = self.members()?;
        for name in ["strongroom:parent", "strongroom:sidecar"] {
            given.remove(name);
        }
        Ok(if given.is_empty() {
            Vec::new()
        } else {
            given.text().into_bytes()
        })
    }

    /// Its members, by name.
    ///
    /// # Errors
    /// None: what is read was written here.
    pub(crate) fn members(&self) -> InputResult<Object> {
        if self.is_empty() {
            return Ok(Object::new());
        }
        Object::parse(self.canonical(), InputError::Malformed("context"))
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.canonical.is_empty()
    }

    /// What it is a sidecar of, if that is bound too.
    #[must_use]
    pub fn sidecar(&self) -> Option<&Sidecar> {
        self.sidecar.as_ref()
    }
}

impl<const N: usize> TryFrom<[(&str, &str); N]> for Context {
    type Error = InputError;

    fn try_from(members: [(&str, &str); N]) -> InputResult<Self> {
        Self::new(members.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ObjectId;

    #[test]
    fn empty_is_no_bytes() {
        let empty = Context::new([]).expect("an empty context");
        assert_eq!(empty, Context::none());
        assert!(empty.canonical().is_empty());
    }

    #[test]
    fn order_does_not_matter() {
        let a = Context::try_from([("z", "1"), ("album", "42")]).expect("a small context");
        assert_eq!(a.canonical(), br#"{"album":"42","z":"1"}"#);
    }

    #[test]
    fn a_sidecars_context_binds_its_parent_and_name() {
        let parent = ObjectId::from_hash([0; 32]);
        let sidecar = Sidecar::new(parent, "thumbnail").expect("a name");
        let bare = Context::none().of_sidecar(sidecar.clone());
        let bare = bare.expect("a small context");
        let id = "A".repeat(43);
        let ours = format!(r#""strongroom:parent":"{id}","strongroom:sidecar":"thumbnail""#);
        assert_eq!(bare.canonical(), format!("{{{ours}}}").as_bytes());
        assert_eq!(bare.sidecar(), Some(&sidecar));
        let around = Context::try_from([("z", "1"), ("album", "42")]).expect("a small context");
        let around = around.of_sidecar(sidecar.clone()).expect("a small context");
        let expected = format!(r#"{{"album":"42",{ours},"z":"1"}}"#);
        assert_eq!(around.canonical(), expected.as_bytes());
        assert!(matches!(
            around.of_sidecar(sidecar.clone()),
            Err(InputError::Argument(_))
        ));
        let full = (0..63).map(|n| (n.to_string(), String::new()));
        let full = Context::new(full).expect("a context of 63 members");
        assert!(matches!(
            full.of_sidecar(sidecar),
            Err(InputError::TooLarge(_))
        ));
    }

    #[test]
    fn reserved_names_and_oversize_are_refused() {
        assert!(matches!(
            Context::try_from([("a", "1"), ("a", "2")]),
            Err(InputError::Argument(_))
        ));
        assert!(matches!(
            Context::try_from([("strongroom:parent", "x")]),
            Err(InputError::Argument(_))
        ));
        let many = (0..65).map(|n| (n.to_string(), String::new()));
        assert!(matches!(Context::new(many), Err(InputError::TooLarge(_))));
        let long = "x".repeat(Context::MAX_BYTES);
        assert!(matches!(
            Context::try_from([("a", long.as_str())]),
            Err(InputError::TooLarge(_))
        ));
        let controls = "\u{1}".repeat(Context::MAX_BYTES / 2);
        assert!(matches!(
            Context::try_from([("a", controls.as_str())]),
            Err(InputError::TooLarge(_))
        ));
    }
}
